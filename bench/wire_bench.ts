/**
 * The wire format against JSON, side by side: `deno run -A bench/wire_bench.ts`, `bun bench/wire_bench.ts`.
 * The subjects are values that JSON can carry, too. Ratios above 1 mean that the wire format takes longer.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { decode, encode } from "../src/wire/wire.ts";

const record = (id: number) => ({ id, name: `user ${id}`, active: id % 2 === 0, score: id * 1.5, tags: ["a", "b"] });

const subjects: Record<string, unknown> = {
  "number": 42,
  "array of 2 numbers": [3, 4],
  "array of 10 numbers": [1, 2, 3, 4, 500, 6, 70000, 8, -9, 10],
  "small object": { id: 17, name: "Ada Lovelace", active: true, score: 0.75, address: { city: "London", zip: "W1" } },
  "call with arguments": { id: 7, method: "put", args: [{ key: "k1", value: "some text" }, 5], timeout: null },
  "short string": "hello world",
  "string of 1,000 characters": "lorem ipsum ".repeat(84).slice(0, 1000),
  "string of 1,000 Chinese characters": "分身工作池".repeat(200),
  "100 records": Array.from({ length: 100 }, (_, i) => record(i)),
  "1,000 integers": Array.from({ length: 1000 }, (_, i) => i * 37),
  "1,000 fractions": Array.from({ length: 1000 }, (_, i) => i / 7),
  "1,000 words": Array.from({ length: 1000 }, (_, i) => `word${i}`),
};

/** The best of some rounds, in microseconds a call: noise on a shared machine only ever adds. */
function best(action: () => unknown): number {
  let calls = 1;
  let least = Infinity;
  for (let rounds = 0; rounds < 12;) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) action();
    const elapsed = performance.now() - start;
    if (elapsed < 12) {
      calls *= 2;
      continue;
    }
    least = Math.min(least, elapsed / calls * 1000);
    rounds++;
  }
  return least;
}

const rows: Record<string, Record<string, number>> = {};
for (const [name, value] of Object.entries(subjects)) {
  const bytes = encode(value) as Uint8Array;
  const text = JSON.stringify(value);
  deepStrictEqual(decode(bytes), JSON.parse(text));
  const wire = { encode: best(() => encode(value)), decode: best(() => decode(bytes)) };
  const json = { encode: best(() => JSON.stringify(value)), decode: best(() => JSON.parse(text)) };
  const two = (n: number) => Number(n.toFixed(2));
  rows[name] = {
    "encode µs": two(wire.encode),
    "stringify µs": two(json.encode),
    "encode ratio": two(wire.encode / json.encode),
    "decode µs": two(wire.decode),
    "parse µs": two(json.decode),
    "decode ratio": two(wire.decode / json.decode),
    "bytes": bytes.length,
    "characters": text.length,
  };
}
console.table(rows);
