import assert from "node:assert/strict";
import { test } from "node:test";
import { loopbackPair } from "../../src/connection/loopback.ts";
import {
  CALL,
  CANCEL,
  type ClientMessage,
  decodeClientFrame,
  decodeServerFrame,
  DONE,
  encodeFrame,
  FAIL,
  HELLO,
  PARKED,
  PROTOCOL_VERSION,
  ProtocolError,
  type ServerMessage,
  TAKEN,
  USE,
  VERDICT,
} from "../../src/server/protocol.ts";
import { encode } from "../../src/wire/wire.ts";
import { World } from "./fixtures/loopback.ts";

const fromClient: ClientMessage[] = [
  [HELLO, PROTOCOL_VERSION, "MainProcess"],
  [USE, 0, "id", "Queue", { maxsize: 3 }],
  [CALL, 1, 0, "put", false, new Uint8Array([1, 2]), true],
  [TAKEN, [1, 2, 3]],
  [CANCEL, 7],
];
const fromServer: ServerMessage[] = [
  [DONE, 1, new Uint8Array([1]), true],
  [PARKED, 3],
  [VERDICT, 4, true],
];

const frame = (value: unknown) => encode(value) as Uint8Array;

test("every message survives its journey", () => {
  assert.deepEqual(decodeClientFrame(encodeFrame(fromClient)), fromClient);
  assert.deepEqual(decodeServerFrame(encodeFrame(fromServer)), fromServer);
});

test("an error travels with its class", () => {
  const [message] = decodeServerFrame(encodeFrame([[FAIL, 2, new RangeError("no")]]));
  const error = message![2] as Error;
  assert.ok(error instanceof RangeError);
  assert.equal(error.message, "no");
});

test("foreign frames are refused with a ProtocolError", () => {
  const foreign: [string, Uint8Array][] = [
    ["no bytes", new Uint8Array(0)],
    ["noise", new Uint8Array([0xff, 0, 3, 0x80, 0x7f])],
    ["no array", frame({ 0: HELLO })],
    ["no message", frame([1])],
    ["an unknown kind", frame([[99, 1]])],
    ["a kind of the other side", frame([[DONE, 1, null, false]])],
    ["a message that is too short", frame([[CALL, 1, 0, "get"]])],
    ["a request that is no number", frame([[CANCEL, "1"]])],
    ["a limit that is no boolean", frame([[CALL, 1, 0, "get", "x"]])],
    ["confirmations that are no numbers", frame([[TAKEN, ["1"]]])],
  ];
  for (const [what, bytes] of foreign) assert.throws(() => decodeClientFrame(bytes), ProtocolError, what);
  assert.throws(() => decodeServerFrame(frame([[CALL, 1, 0, "get", false]])), ProtocolError);
});

test("a client that does not greet first, in this version, is cut off", async () => {
  for (const first of [[CANCEL, 1], [HELLO, PROTOCOL_VERSION + 1, "x"]]) {
    const [near, far] = loopbackPair();
    new World().server.accept(far);
    near.send(frame([first]));
    await near.closed;
  }
});

test("a client that breaks the protocol is cut off, gives back what it held, and harms no other", { timeout: 30_000 }, async () => {
  const breaches: unknown[] = [
    "noise",
    [[HELLO, PROTOCOL_VERSION, "again"]],
    [[USE, 0, "a", "constructor", null]],
    [[USE, 0, "l", "Event", null]],
    [[USE, 0, "new", "Queue", { maxsize: "1" }]],
    [[CALL, 9, 5, "acquire", false, true]],
    [[CALL, 9, 1, "clientGone", false]],
    [[CALL, 0, 1, "locked", false]],
  ];
  for (const breach of breaches) {
    const world = new World();
    const lock = world.unit().lock("l");
    const [near, far] = loopbackPair();
    world.server.accept(far);
    near.send(encodeFrame([[HELLO, PROTOCOL_VERSION, "x"], [USE, 1, "l", "Lock", null], [CALL, 0, 1, "acquire", false, true]]));
    near.send(frame(breach));
    await near.closed;
    assert.equal(await lock.acquire(), true);
    assert.equal(lock.abandoned, true);
  }
});
