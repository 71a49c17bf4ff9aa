import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
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

const frameOf = fc.uint8Array({ maxLength: 300 });
const chunkSizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });

/** Decodes a stream that arrives in chunks of these sizes, over and over. */
function decodeInChunks(stream: Uint8Array, sizes: number[], maxFrame: number): { frames: Uint8Array[]; whole: boolean } {
  const frames: Uint8Array[] = [];
  const decoder = new FrameDecoder(maxFrame, (frame) => frames.push(frame.slice()));
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length]!;
    decoder.push(stream.slice(at, at + size));
    at += size;
  }
  return { frames, whole: decoder.isBetweenFrames };
}

test("any frames come out of any chunks as they went in, whichever way they were written [test_boundaries, test_dont_merge, test_strings]", () => {
  fc.assert(fc.property(fc.array(frameOf, { maxLength: 30 }), chunkSizes, (frames, sizes) => {
    for (const stream of [joinFrames(frames), new Uint8Array(Buffer.concat(encodeFrames(frames)))]) {
      assert.deepEqual(decodeInChunks(stream, sizes, 300), { frames, whole: true });
    }
  }));
});

test("a stream that is cut anywhere gives a beginning of its frames, and says where it may not end", () => {
  fc.assert(fc.property(fc.array(frameOf, { minLength: 1, maxLength: 10 }), chunkSizes, fc.nat(), (frames, sizes, cut) => {
    const stream = joinFrames(frames);
    const at = cut % stream.length;
    const got = decodeInChunks(stream.slice(0, at), sizes, 300);
    assert.deepEqual(got.frames, frames.slice(0, got.frames.length));
    const ends = frames.reduce<number[]>((sums, frame) => [...sums, sums.at(-1)! + frame.length + 4], [0]);
    assert.equal(got.whole, ends.includes(at));
  }));
});

test("bytes that are no frames throw a ProcessError, or wait for more; nothing longer than allowed is ever held", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), chunkSizes, (noise, sizes) => {
    try {
      for (const frame of decodeInChunks(noise, sizes, 256).frames) assert.ok(frame.length <= 256);
    } catch (error) {
      assert.ok(error instanceof ProcessError, String(error));
    }
  }));
});
