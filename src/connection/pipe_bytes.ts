/** Checks of the buffers, offsets and sizes that are given to a Connection, by Python's rules. @module */

/** What may be sent as bytes, or received into. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** All bytes of a buffer, as a view on it. @throws {TypeError} when it is none. */
export function bytesOf(buffer: Bytes, verb: string): Uint8Array {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const shared = typeof SharedArrayBuffer !== "undefined" && (buffer as unknown) instanceof SharedArrayBuffer;
  if (shared || (buffer as unknown) instanceof ArrayBuffer) return new Uint8Array(buffer);
  const received = typeof buffer === "string" ? "a string\n  conn.sendBytes(new TextEncoder().encode(text))" : String(buffer);
  throw new TypeError(`Cannot ${verb} bytes: a buffer or a view on one is needed, received ${received}`);
}

/** @throws {TypeError} when it is no integer. @throws {RangeError} when it is negative. */
export function checkIndex(value: number, action: string, name: string): void {
  if (!Number.isInteger(value)) throw new TypeError(`Cannot ${action}: ${name} must be an integer, received ${String(value)}`);
  if (value < 0) throw new RangeError(`Cannot ${action}: ${name} must not be negative, received ${value}`);
}

/** A copy of the bytes that `sendBytes` is asked to send. */
export function sliceToSend(buffer: Bytes, offset: number, size: number | null | undefined): Uint8Array {
  const bytes = bytesOf(buffer, "send");
  checkIndex(offset, "send bytes", "offset");
  if (offset > bytes.length) throw new RangeError(`Cannot send bytes: offset must lie in the ${bytes.length} bytes, received ${offset}`);
  if (size === undefined || size === null) return copyOf(bytes.subarray(offset));
  checkIndex(size, "send bytes", "size");
  if (offset + size > bytes.length) {
    throw new RangeError(`Cannot send bytes: offset + size must not pass the ${bytes.length} bytes, received ${offset} + ${size}`);
  }
  return copyOf(bytes.subarray(offset, offset + size));
}

/** @throws {TypeError} or {RangeError} when it is no length. */
export function checkMaxLength(maxLength: number | null | undefined): void {
  if (maxLength === undefined || maxLength === null) return;
  if (typeof maxLength !== "number" || Number.isNaN(maxLength)) {
    throw new TypeError(`Cannot receive bytes: maxLength must be a number, received ${String(maxLength)}`);
  }
  if (maxLength < 0) throw new RangeError(`Cannot receive bytes: maxLength must not be negative, received ${maxLength}`);
}

/** The error of whoever waits for a message of an end that reads no more. */
export function writeOnly(action: string): Error {
  return new Error(`Cannot ${action}: it is write-only`);
}

/** @throws {RangeError} when the offset lies beyond the buffer. */
export function checkSpace(target: Uint8Array, offset: number): void {
  if (offset <= target.length) return;
  throw new RangeError(`Cannot receive into a buffer: offset must lie in its ${target.length} bytes, received ${offset}`);
}

/** Never a view of shared memory: others could change it while it is on its way. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}
