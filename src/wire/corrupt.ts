/** The error for bytes that are no message of ours. @module */
import { SerializationError } from "../base/errors.ts";

/** Why a message cannot be decoded. */
export function corrupt(why: string, cause?: unknown): SerializationError {
  return new SerializationError(`Cannot decode a message: ${why}`, cause === undefined ? undefined : { cause });
}
