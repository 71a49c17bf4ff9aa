/** What the layers above plug into the wire: functions and shared memory travel as references that only they understand. @module */

/** A value without identity, functions or classes of its own: what a reference may be made of. */
export type PlainValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** A function or a class. */
export type FunctionLike = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** How functions and classes travel; the layer above implements it. A reference is a plain value that the wire encodes itself. */
export interface FunctionHooks {
  /**
   * Says by which reference a function travels. Called during `encode`, synchronously, once per function and message.
   *
   * @param where The function's place in the value, for error messages.
   * @throws {SerializationError} when the function cannot travel.
   */
  refer(fn: FunctionLike, where: string): PlainValue | Promise<PlainValue>;
  /** Finds the function of a reference. */
  resolve(reference: PlainValue): FunctionLike | Promise<FunctionLike>;
}

/** How shared memory travels where both sides can see it (threads). Without these hooks a `SharedArrayBuffer` is refused. */
export interface SharedMemoryHooks {
  /**
   * Says by which reference a buffer travels. Called during `encode`, synchronously, once per buffer and message.
   *
   * @param carry Gets what to call when the message dies before it is decoded.
   */
  refer(buffer: SharedArrayBuffer, where: string, carry: (undo: () => void) => void): PlainValue | Promise<PlainValue>;
  /** Finds the buffer of a reference. */
  resolve(reference: PlainValue): SharedArrayBuffer | Promise<SharedArrayBuffer>;
}
