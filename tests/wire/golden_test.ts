import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../../src/wire/wire.ts";
import { difference } from "./fixtures/same.ts";
import { samples } from "./fixtures/samples.ts";

for (const { name, make, hex } of samples) {
  test(`${name}: every runtime writes and reads the same bytes`, () => {
    const message = encode(make()) as Uint8Array;
    assert.equal([...message].map((byte) => byte.toString(16).padStart(2, "0")).join(""), hex);
    const bytes = Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
    assert.equal(difference(make(), decode(bytes)), null);
  });
}
