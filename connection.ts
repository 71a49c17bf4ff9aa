/**
 * Message-passing connections, as Python's `multiprocessing.connection`: two ends that send and receive values or bytes, in one unit or in two,
 * or in two programs, of which one may be written in Python.
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
export { answerChallenge, deliverChallenge } from "./src/connection/challenge.ts";
export type { ChallengeOptions, HandshakeConnection } from "./src/connection/challenge.ts";
export { Client } from "./src/connection/client.ts";
export type { ClientOptions } from "./src/connection/client.ts";
export { Connection } from "./src/connection/connection.ts";
export type { EndStatistics } from "./src/connection/end_statistics.ts";
export { Listener } from "./src/connection/listener.ts";
export type { ListenerOptions, ListenerStatistics } from "./src/connection/listener.ts";
export { Pipe } from "./src/connection/pipe.ts";
export { wait } from "./src/connection/wait.ts";
export type { Waitable } from "./src/connection/wait.ts";
export type { Sentinel } from "./src/connection/sentinel.ts";
export type { DigestName } from "./src/connection/authentication.ts";
export type { Family, SocketAddress } from "./src/connection/address.ts";
export type { CodecOption } from "./src/connection/codec_option.ts";
export type { Codec } from "./src/wire/codec.ts";
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
