/**
 * Which ends of pipes a message carries. An end that is under way stays open for its receiver even when its sender closes it; when the message
 * dies instead (its receiver died, it could not be encoded), whoever sent it says so here, or the other end would wait for ever.
 *
 * @module
 */

/** Something that a message carries. */
export interface Carried {
  /** The message will never be decoded. */
  uncarry(): void;
}

let collecting: Carried[] | null = null;

/** Notes that the message being encoded carries an end. */
export function noteCarried(end: Carried): void {
  collecting?.push(end);
}

/**
 * Encodes a message and notes which ends it carries.
 *
 * @param encode Starts the encoding; what it meets before its first `await` is noted.
 * @returns Its result, and what to call when the message has died.
 */
export function collectCarried<T>(encode: () => T): { result: T; died: () => void } {
  const outer = collecting;
  const carried: Carried[] = [];
  collecting = carried;
  const died = () => {
    for (const end of carried.splice(0)) end.uncarry();
  };
  try {
    return { result: encode(), died };
  } catch (error) {
    died();
    throw error;
  } finally {
    collecting = outer;
  }
}
