import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SerializationError } from "../../src/base/errors.ts";
import type { FunctionHooks } from "../../src/wire/hooks.ts";
import { HAS_IDENTITY, HAS_REFERENCES, VERSION } from "../../src/wire/tags.ts";
import { decode, encode } from "../../src/wire/wire.ts";
import { samples } from "./fixtures/samples.ts";

/** Decodes, and accepts two outcomes only: a value, or the typed error. */
function decodeOrRefuse(bytes: Uint8Array): boolean {
  try {
    decode(bytes, { functions });
    return true;
  } catch (error) {
    assert.ok(error instanceof SerializationError, `${[...bytes].map((b) => b.toString(16).padStart(2, "0")).join("")}: ${String(error)}`);
    return false;
  }
}

function known() {}
const functions: FunctionHooks = { refer: () => "known", resolve: () => known };

const messages = [...samples.map(({ make }) => make()), known, [known, { known }, samples.map(({ make }) => make())]]
  .map((value) => encode(value, { functions }) as Uint8Array);
const message = fc.constantFrom(...messages);
const headers = fc.constantFrom(VERSION, VERSION | HAS_IDENTITY, VERSION | HAS_REFERENCES, VERSION | HAS_IDENTITY | HAS_REFERENCES);

test("random bytes give a value or a SerializationError", () => {
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 200 }), (header, bytes) => void decodeOrRefuse(Uint8Array.of(header, ...bytes))),
    { numRuns: 3000 },
  );
});

test("random bytes full of tags give a value or a SerializationError", () => {
  const byte = fc.oneof(fc.integer({ min: 0xc0, max: 0xef }), fc.nat({ max: 8 }), fc.constantFrom(0x81, 0xa1, 0xa3, 0xb1, 0xb2));
  fc.assert(
    fc.property(headers, fc.array(byte, { maxLength: 60 }), (header, bytes) => void decodeOrRefuse(Uint8Array.of(header, ...bytes))),
    { numRuns: 3000 },
  );
});

test("a message cut anywhere is refused", () => {
  for (const bytes of messages.filter((m) => m.length < 400)) {
    for (let length = 0; length < bytes.length; length++) assert.equal(decodeOrRefuse(bytes.subarray(0, length)), false);
  }
});

test("a message with something behind it is refused", () => {
  for (const bytes of messages) assert.equal(decodeOrRefuse(Uint8Array.of(...bytes, 0)), false);
});

test("flipped bits give a value or a SerializationError", () => {
  fc.assert(
    fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 5 }), (original, flips) => {
      const bytes = original.slice();
      for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit;
      decodeOrRefuse(bytes);
    }),
    { numRuns: 3000 },
  );
});

test("spliced messages give a value or a SerializationError", () => {
  fc.assert(
    fc.property(message, message, fc.nat(), fc.nat(), (a, b, i, j) => {
      decodeOrRefuse(Uint8Array.of(...a.subarray(0, i % a.length), ...b.subarray(j % b.length)));
    }),
    { numRuns: 1000 },
  );
});

test("nothing of all that has changed a prototype", () => {
  assert.deepEqual(Object.keys(Object.prototype), []);
  const empty: Record<string, unknown> = {};
  for (const key in empty) assert.fail(`${key} is inherited by every object`);
});
