import assert from "node:assert/strict";
import test from "node:test";
import { ProcessError } from "../../src/base/errors.ts";
import { encodeFrames, FrameDecoder, joinFrames } from "../../src/connection/framing.ts";

function decodeAll(bytes: Uint8Array, chunk: number, maxFrame = Infinity): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const decoder = new FrameDecoder(maxFrame, (frame) => frames.push(frame));
  for (let i = 0; i < bytes.length; i += chunk) decoder.push(bytes.slice(i, i + chunk));
  assert.equal(decoder.isBetweenFrames, true);
  return frames;
}

const text = (frame: Uint8Array) => new TextDecoder().decode(frame);

test("joinFrames() writes CPython's bytes: a big-endian length, then the frame", () => {
  const bytes = joinFrames([new TextEncoder().encode("hey"), new Uint8Array(0)]);
  assert.deepEqual([...bytes], [0, 0, 0, 3, 104, 101, 121, 0, 0, 0, 0]);
});

test("FrameDecoder finds the same frames however the chunks fall", () => {
  const frames = ["", "a", "", "hello", "x".repeat(300), ""].map((s) => new TextEncoder().encode(s));
  const bytes = joinFrames(frames);
  for (let chunk = 1; chunk <= bytes.length; chunk++) {
    assert.deepEqual(decodeAll(bytes, chunk).map(text), frames.map(text));
  }
});

test("encodeFrames() gives a large frame as it is and small ones together", () => {
  const large = new Uint8Array(1 << 16).fill(7);
  const small = new Uint8Array(3);
  const chunks = encodeFrames([small, small, large, small]);
  assert.equal(chunks.length, 4);
  assert.equal(chunks[2], large);
  const bytes = Buffer.concat(chunks);
  assert.deepEqual(decodeAll(new Uint8Array(bytes), 1000).map((f) => f.length), [3, 3, 1 << 16, 3]);
});

test("FrameDecoder reads the long header: -1, then 64 bits", () => {
  const bytes = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 2, 104, 105]);
  for (const chunk of [1, 3, 5, 14]) assert.deepEqual(decodeAll(bytes, chunk).map(text), ["hi"]);
});

test("FrameDecoder refuses what cannot be a length", () => {
  const cases: [number[], RegExp][] = [
    [[0xff, 0xff, 0xff, 0xfe], /must not be negative, received -2/],
    [[0x80, 0, 0, 0], /must not be negative/],
    [[0, 0, 4, 1], /at most 1024, received 1025/],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /at most 1024/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => decodeAll(new Uint8Array(bytes), 1, 1024), (error) => error instanceof ProcessError && message.test(error.message));
  }
});

test("FrameDecoder tells whether the stream may end here", () => {
  const decoder = new FrameDecoder(Infinity, () => {});
  decoder.push(new Uint8Array([0, 0]));
  assert.equal(decoder.isBetweenFrames, false);
  decoder.push(new Uint8Array([0, 1]));
  assert.equal(decoder.isBetweenFrames, false);
  decoder.push(new Uint8Array([9]));
  assert.equal(decoder.isBetweenFrames, true);
});

test("FrameDecoder joins a frame of many chunks once", () => {
  const frames: Uint8Array[] = [];
  const decoder = new FrameDecoder(Infinity, (frame) => frames.push(frame));
  decoder.push(joinFrames([new Uint8Array(0)]).fill(0));
  decoder.push(new Uint8Array([6, 0, 0, 0])); // 96 MiB
  const chunk = new Uint8Array(1 << 16).fill(1);
  for (let i = 0; i < 1536; i++) decoder.push(chunk);
  assert.deepEqual(frames.map((frame) => frame.length), [0, 96 << 20]);
});
