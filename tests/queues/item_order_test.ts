import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FifoItems, type Item, type ItemOrder, LifoItems, PriorityItems } from "../../src/queues/item_order.ts";
import { compareKeys, type Key } from "../../src/queues/key.ts";

const item = (order: number, key: unknown = order): Item => ({ bytes: new Uint8Array(), key, order });

function drain(items: ItemOrder): Item[] {
  const out: Item[] = [];
  for (let next = items.shift(); next !== undefined; next = items.shift()) out.push(next);
  return out;
}

test("FifoItems and LifoItems put an item that comes back where it was", () => {
  for (const [items, expected] of [[new FifoItems(), [0, 1, 2, 3]], [new LifoItems(), [3, 2, 1, 0]]] as const) {
    const four = [0, 1, 2, 3].map((order) => item(order));
    for (const one of four) items.add(one);
    for (const one of [four[1]!, four[3]!]) {
      assert.equal(items.remove(one), true);
      assert.equal(items.remove(one), false);
      items.putBack(one);
    }
    assert.equal(items.length, 4);
    assert.deepEqual(drain(items).map(({ order }) => order), expected);
  }
});

test("PriorityItems gives the smallest first, and of equal ones the oldest", () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.bigInt({ min: 0n, max: 5n }));
  fc.assert(fc.property(fc.array(key), (keys) => {
    const items = new PriorityItems();
    keys.forEach((key, order) => items.add(item(order, key)));
    const expected = keys.map((key, order) => ({ key, order })).sort((a, b) => compareKeys(a.key, b.key) || a.order - b.order);
    assert.deepEqual(drain(items).map(({ order }) => order), expected.map(({ order }) => order));
  }));
});

test("PriorityItems.add() refuses exactly what cannot be compared with an item in it", () => {
  const part = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom("a", "b"));
  const key = fc.oneof(part, fc.array(part, { maxLength: 3 }));
  const comparable = (a: Key, b: Key) => {
    try {
      compareKeys(a, b);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
      const items = new PriorityItems();
      const accepted: Key[] = [];
      keys.forEach((key, order) => {
        if (accepted.every((other) => comparable(key, other))) {
          items.add(item(order, key));
          accepted.push(key);
        } else assert.throws(() => items.add(item(order, key)), TypeError);
      });
      assert.equal(items.length, accepted.length);
    }),
    { numRuns: 500 },
  );
});

test("PriorityItems.putBack() loses nothing, whatever came meanwhile", () => {
  const items = new PriorityItems();
  items.add(item(0, "text"));
  const text = items.shift()!;
  items.add(item(1, 1));
  items.putBack(text);
  assert.deepEqual(drain(items).map(({ key }) => key), [1, "text"]);
});
