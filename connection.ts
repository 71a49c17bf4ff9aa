/**
 * Message-passing connections, as Python's `multiprocessing.connection`: two ends that send and receive values or bytes,
 * in one unit or in two.
 *
 * @example
 * ```ts
 * import { Pipe } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const [left, right] = Pipe();
 * await left.send(["any", "value"]);
 * assert.deepEqual(await right.recv(), ["any", "value"]);
 * left.close();
 * right.close();
 * ```
 *
 * @module
 */
export { Connection } from "./src/connection/connection.ts";
export type { EndStatistics } from "./src/connection/connection.ts";
export { Pipe } from "./src/connection/pipe.ts";
export type { WaitOptions } from "./src/base/deadline.ts";
export type { Bytes } from "./src/connection/pipe_bytes.ts";
export { pickleDecode, pickleEncode, PythonGlobal } from "./src/wire/pickle/pickle.ts";
export type {
  FindGlobal,
  GlobalMeaning,
  PickleDecodeOptions,
  PickleEncodeOptions,
  PickleReduction,
  PythonException,
  ReduceObject,
} from "./src/wire/pickle/pickle.ts";
