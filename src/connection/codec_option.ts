/** Which codec an option names. @module */
import type { Codec } from "../wire/codec.ts";
import { pickleDecode, pickleEncode } from "../wire/pickle/pickle.ts";
import { decode, encode } from "../wire/wire.ts";

/**
 * What a Connection between programs makes of values: `"native"`, this library's own format, which carries everything that travels between its units;
 * `"pickle"`, the data of Python; or a codec of your own.
 */
export type CodecOption = "native" | "pickle" | Codec;

/**
 * The native format for strangers, who have proved no key: data only. To decode a function may import a module, and to decode a shared object connects to
 * wherever it says it lives.
 */
export const dataOnly: Codec = {
  encode: (value) => encode(value, { handles: "none" }),
  decode: (bytes) => decode(bytes, { handles: false }),
};

const pickle: Codec = { encode: (value) => pickleEncode(value), decode: (bytes) => pickleDecode(bytes) };

/** The codec that an option stands for; `null` is all of the native one. @param key What the two sides prove to each other. @throws {TypeError} when it is none. */
export function codecOf(option: CodecOption | null | undefined, key: Uint8Array | null, verb: string): Codec | null {
  if (option === undefined || option === null || option === "native") return key === null ? dataOnly : null;
  if (option === "pickle") return pickle;
  if (typeof option !== "object" || typeof option.encode !== "function" || typeof option.decode !== "function") {
    throw new TypeError(
      `Cannot ${verb}: codec must be "native", "pickle" or an object with encode() and decode(), received ${String(option)}`,
    );
  }
  return option;
}
