import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode } from "../../src/wire/wire.ts";
import { difference } from "./fixtures/same.ts";

function trip(value: unknown): unknown {
  return decode(encode(value) as Uint8Array);
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)), maxLength: 200 }),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  text,
  fc.constantFrom(undefined, null, true, false, -0, NaN, 2 ** 31, 2 ** 53),
);

const anything = fc.anything({
  key: text,
  values: [leaf as fc.Arbitrary<never>],
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

test("any value arrives as it was", () => {
  fc.assert(fc.property(anything, (value) => assert.equal(difference(value, trip(value)), null)));
});

test("any value arrives as structured clone would bring it, and null prototypes stay besides", () => {
  const cloneable = fc.anything({
    key: text.filter((k) => k !== "__proto__"),
    values: [leaf as fc.Arbitrary<never>],
    maxDepth: 3,
    withMap: true,
    withSet: true,
    withDate: true,
    withBigInt: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  fc.assert(fc.property(cloneable, (value) => assert.equal(difference(structuredClone(value), trip(value)), null)));
});

test("the same value makes the same bytes, and what arrived makes them again", () => {
  fc.assert(fc.property(anything, (value) => {
    const message = encode(value) as Uint8Array;
    assert.deepEqual(encode(value), message);
    assert.deepEqual(encode(decode(message)), message);
  }));
});

type Link = (from: unknown, to: unknown, key: string) => void;
const kinds: { make: () => unknown; link: Link }[] = [
  { make: () => [], link: (from, to) => (from as unknown[]).push(to) },
  { make: () => ({}), link: (from, to, key) => (from as Record<string, unknown>)[key] = to },
  { make: () => Object.create(null), link: (from, to, key) => (from as Record<string, unknown>)[key] = to },
  { make: () => new Map(), link: (from, to, key) => (from as Map<unknown, unknown>).set(key, to) },
  { make: () => new Map(), link: (from, to, key) => (from as Map<unknown, unknown>).set(to, key) },
  { make: () => new Set(), link: (from, to) => (from as Set<unknown>).add(to) },
  { make: () => Object.assign([, 1], {}), link: (from, to, key) => (from as unknown as Record<string, unknown>)[key] = to },
  { make: () => new TypeError("t"), link: (from, to, key) => (from as unknown as Record<string, unknown>)[key] = to },
  { make: () => new Date(5), link: () => {} },
  { make: () => new Uint8Array(3), link: () => {} },
];

const graph = fc.record({
  nodes: fc.array(fc.nat({ max: kinds.length - 1 }), { minLength: 1, maxLength: 40 }),
  edges: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom("a", "b", "c", "d")), { maxLength: 120 }),
}).map(({ nodes, edges }) => {
  const made = nodes.map((kind) => ({ kind: kinds[kind]!, value: kinds[kind]!.make() }));
  for (const [from, to, key] of edges) {
    const source = made[from % made.length]!;
    source.kind.link(source.value, made[to % made.length]!.value, key);
  }
  return made[0]!.value;
});

test("any graph arrives with the same cycles and the same shared parts", () => {
  fc.assert(fc.property(graph, (value) => assert.equal(difference(value, trip(value)), null)));
});

test("views on shared buffers, at any offset, arrive on shared buffers", () => {
  const views: (new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView)[] = [
    Int8Array,
    Uint8Array,
    Uint16Array,
    Float64Array,
    BigUint64Array,
    DataView,
  ];
  const layout = fc.array(fc.tuple(fc.nat({ max: views.length - 1 }), fc.nat({ max: 1 }), fc.nat({ max: 4 }), fc.nat({ max: 3 })), {
    maxLength: 12,
  });
  fc.assert(fc.property(layout, fc.uint8Array({ minLength: 64, maxLength: 64 }), (parts, bytes) => {
    const buffers = [bytes.slice().buffer, new ArrayBuffer(64, { maxByteLength: 64 })];
    const value = parts.map(([kind, buffer, offset, length]) => new views[kind]!(buffers[buffer]!, offset * 8, length));
    assert.equal(difference([value, buffers], trip([value, buffers])), null);
  }));
});
