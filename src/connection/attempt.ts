/** Opening a connection within limits: whoever gives up leaves nothing behind. @module */
import { type WaitOptions, watchLimits } from "../base/deadline.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address, ByteSocket } from "../runtime/types.ts";
import { publicAddress, systemError } from "./address.ts";

/**
 * Opens something.
 *
 * @param limits How long that may take. @param late Makes the error of an attempt that took too long.
 * @param open Opens it; its signal fires when the attempt is given up, and it must settle then.
 */
export async function openWithin<T>(limits: WaitOptions, late: () => Error, open: (attempt: AbortSignal) => Promise<T>): Promise<T> {
  const attempt = new AbortController();
  const stop = watchLimits(limits, (how) => attempt.abort(how.aborted ? how.reason : late()));
  try {
    return await open(attempt.signal);
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    stop();
  }
}

/** Connects to an address. @throws {ProcessError} with the system's `code`. */
export async function connectSocket(address: Address, attempt: AbortSignal): Promise<ByteSocket> {
  try {
    return await runtime.connect(address, attempt);
  } catch (error) {
    throw systemError("connect to", publicAddress(address), error);
  }
}

/** Acts when an attempt is given up, or at once when it is already. */
export function whenAborted(attempt: AbortSignal, act: (reason: unknown) => void): void {
  if (attempt.aborted) act(attempt.reason);
  else attempt.addEventListener("abort", () => act(attempt.reason), { once: true });
}
