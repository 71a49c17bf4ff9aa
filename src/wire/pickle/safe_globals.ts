/** The fixed list of classes and functions that a pickle may name, and what they mean here. None of them is code of Python. @module */
import { corrupt } from "../corrupt.ts";
import { arrayMeaning, reconstructorMeaning } from "./arrays.ts";
import { canonicalModule } from "./exception_names.ts";
import { exceptionMeaning, rebuildException } from "./exceptions.ts";
import type { GlobalMeaning } from "./global.ts";

/** The items of a list, tuple or set; none without one. */
function items(argument: unknown): Iterable<unknown> {
  if (argument === undefined) return [];
  if (Array.isArray(argument) || argument instanceof Set) return argument;
  throw corrupt("a list, tuple or set is missing");
}

/** The bytes of a Latin-1 text, which is how protocols 0 to 2 write them. */
function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) throw corrupt("bytes are given as a text that is not Latin-1");
    bytes[i] = unit;
  }
  return bytes;
}

function bytesOf([content, encoding]: readonly unknown[]): Uint8Array {
  if (content === undefined) return new Uint8Array(0);
  if (content instanceof Uint8Array) return content.slice();
  if (typeof content === "string" && (encoding === "latin1" || encoding === "latin-1")) return latin1Bytes(content);
  throw corrupt("bytes are given in an unknown form");
}

const bytesMeaning: GlobalMeaning = { copies: true, call: bytesOf };

function orderedDict([pairs]: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (const pair of items(pairs)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw corrupt("an OrderedDict has an item that is no pair");
    map.set(pair[0], pair[1]);
  }
  return map;
}

const safe: ReadonlyMap<string, GlobalMeaning> = new Map<string, GlobalMeaning>([
  ["builtins.set", { copies: true, call: ([from]) => new Set(items(from)) }],
  ["builtins.frozenset", { copies: true, call: ([from]) => Object.freeze(new Set(items(from))) }],
  ["builtins.list", { copies: true, call: ([from]) => [...items(from)] }],
  ["builtins.bytes", bytesMeaning],
  ["builtins.bytearray", bytesMeaning],
  ["_codecs.encode", bytesMeaning],
  ["collections.OrderedDict", { copies: true, call: orderedDict }],
  ["array.array", arrayMeaning],
  ["array._array_reconstructor", reconstructorMeaning],
  ["multiprocessing.pool.rebuild_exc", rebuildException],
  ["concurrent.futures.process._rebuild_exc", rebuildException],
]);

/** What a global of the list means; `undefined` for all others. */
export function findSafeGlobal(module: string, name: string): GlobalMeaning | undefined {
  const qualified = `${canonicalModule(module)}.${name}`;
  return safe.get(qualified) ?? exceptionMeaning(qualified);
}
