/** What proxies do, method by method. One manager serves all tests. Rows: python-behaviour.md 1.11 and 2.9. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { ArrayProxy, BaseProxy, type DictProxy, type ListProxy, NamespaceProxy, type SyncManager } from "@fenshen/multiprocessing/managers";
import { leavesNothingBehind } from "../support/leftovers.ts";

const LIMIT = { timeout: 60_000 };
let manager: SyncManager;
/** For tests that count objects: their proxies are closed, so none goes later because it is garbage. */
let counted: SyncManager;

before(async () => {
  [manager, counted] = await Promise.all([mp.Manager(), mp.Manager()]);
});

test("a ListProxy has the methods of a list [test_list]", LIMIT, async () => {
  const list = await manager.list<number | string>(Array.from({ length: 5 }, (_, i) => i));
  await list.extend(["a", "b"]);
  assert.deepEqual(await list.toArray(), [0, 1, 2, 3, 4, "a", "b"]);
  assert.deepEqual([await list.get(2), await list.get(-1)], [2, "b"]);
  assert.deepEqual([await list.slice(2, 4), await list.slice(-2), await list.slice(0, -6), await list.slice(9)], [
    [2, 3],
    ["a", "b"],
    [0],
    [],
  ]);
  await list.set(-1, "c");
  await list.insert(0, "first");
  await list.insert(-1, "last but one");
  await list.insert(99, "end");
  assert.deepEqual(await list.toArray(), ["first", 0, 1, 2, 3, 4, "a", "last but one", "c", "end"]);
  assert.deepEqual([await list.pop(), await list.pop(0), await list.pop(-2)], ["end", "first", "last but one"]);
  await list.remove("a");
  assert.deepEqual([await list.index("c"), await list.index(3, 1), await list.count(3), await list.count("x")], [5, 3, 1, 0]);
  await list.reverse();
  assert.deepEqual(await list.getValue(), ["c", 4, 3, 2, 1, 0]);
  assert.equal(await list.length(), 6);
  assert.equal(await list.length, 6);
  await list.clear();
  assert.deepEqual(await list.toArray(), []);
});

test("a ListProxy throws as a list does", LIMIT, async () => {
  const list = await manager.list([1]);
  for (
    const call of [
      () => list.get(1),
      () => list.set(-2, 1),
      () => list.pop(3),
      () => list.remove(2),
      () => list.index(2),
      () => list.index(1, 1),
    ]
  ) {
    await assert.rejects(call(), RangeError, String(call));
  }
  await assert.rejects((await manager.list()).pop(), RangeError);
  await assert.rejects(list.get(0.5), TypeError);
  await assert.rejects(list.get("0" as never), TypeError);
  await assert.rejects(list.index(1, 0.5), { name: "TypeError", message: /^Cannot find an item of .* must be an integer, received 0.5$/ });
  await assert.rejects(list.index(1, 0, "1" as never), { name: "TypeError", message: /received string$/ });
  await assert.rejects(list.append(new WeakMap() as never), mp.SerializationError);
  await assert.rejects(list.extend(5 as never), TypeError);
  await assert.rejects(manager.list(5 as never), TypeError);
  assert.deepEqual(await list.toArray(), [1]);
});

test("ListProxy.sort() sorts as Python does, or not at all [1.11 ListProxy]", LIMIT, async () => {
  const list = await manager.list<unknown>([10, 9, 1, 100n, -1.5]);
  await list.sort();
  assert.deepEqual(await list.toArray(), [-1.5, 1, 9, 10, 100n]);
  await list.sort({ reverse: true });
  assert.deepEqual(await list.toArray(), [100n, 10, 9, 1, -1.5]);
  await list.append("text");
  await assert.rejects(list.sort(), { name: "TypeError", message: /different kinds/ });
  await list.append({});
  await assert.rejects(list.sort(), { name: "TypeError", message: /pass \{ key \}/ });
  assert.equal(await list.length(), 7);
  const words = await manager.list(["ccc", "a", "bb"]);
  await words.sort({ key: (word) => word.length });
  assert.deepEqual(await words.toArray(), ["a", "bb", "ccc"]);
  await words.sort((a, b) => b.length - a.length);
  assert.deepEqual(await words.toArray(), ["ccc", "bb", "a"]);
  await assert.rejects(words.sort(1 as never), TypeError);
});

test("the iterator of a ListProxy sees later changes, and stays at its end [test_list_iter]", LIMIT, async () => {
  const list = await manager.list([1, 2, 3]);
  const items = list[Symbol.asyncIterator]();
  assert.equal((await items.next()).value, 1);
  await list.set(1, 20);
  assert.equal((await items.next()).value, 20);
  assert.equal((await items.next()).value, 3);
  assert.equal((await items.next()).done, true);
  await list.append(4);
  assert.equal((await items.next()).done, true);
});

test("nested lists are live, plain ones are copies [test_list_proxy_in_list, 2.9 nested plain mutable]", LIMIT, async () => {
  const inner = [await manager.list([0]), await manager.list([1])];
  const outer = await manager.list<ListProxy<number>>(inner);
  inner.forEach((list) => list.close());
  await (await outer.get(0)).append(7);
  assert.deepEqual(await (await outer.get(0)).toArray(), [0, 7]);
  assert.deepEqual(await Promise.all((await outer.toArray()).map((list) => list.length())), [2, 1]);
  const plain = await manager.list([[1]]);
  (await plain.get(0)).push(2);
  assert.deepEqual(await plain.toArray(), [[1]]);
  const own = await manager.list<unknown>();
  await own.append(own);
  assert.equal(await (await own.get(0) as typeof own).length(), 1);
  await own.clear();
});

test("a DictProxy has the methods of a dict [test_dict]", LIMIT, async () => {
  const dict = await manager.dict<unknown, unknown>();
  for (let i = 65; i < 70; i++) await dict.set(i, String.fromCharCode(i));
  assert.deepEqual(await dict.copy(), new Map([[65, "A"], [66, "B"], [67, "C"], [68, "D"], [69, "E"]]));
  assert.deepEqual(await dict.keys(), [65, 66, 67, 68, 69]);
  assert.deepEqual(await dict.values(), ["A", "B", "C", "D", "E"]);
  assert.deepEqual((await dict.items())[1], [66, "B"]);
  assert.deepEqual([await dict.get(65), await dict.get(1), await dict.get(1, "none"), await dict.has(65), await dict.has("65")], [
    "A",
    undefined,
    "none",
    true,
    false,
  ]);
  assert.deepEqual([await dict.pop(65), await dict.pop(65, null), await dict.popItem()], ["A", null, [69, "E"]]);
  assert.deepEqual([await dict.setDefault(66, "x"), await dict.setDefault("new", [1]), await dict.setDefault("null")], ["B", [1], null]);
  assert.deepEqual([await dict.delete("null"), await dict.delete("null")], [true, false]);
  await dict.update({ text: 1 });
  await dict.update(new Map([[66, "b"]]));
  await dict.update([["pair", undefined]]);
  assert.deepEqual([...await dict.getValue()], [[66, "b"], [67, "C"], [68, "D"], ["new", [1]], ["text", 1], ["pair", undefined]]);
  assert.deepEqual([await dict.size(), await dict.size], [6, 6]);
  const keys: unknown[] = [];
  for await (const key of dict) keys.push(key);
  assert.deepEqual(keys, [66, 67, 68, "new", "text", "pair"]);
  await dict.clear();
  assert.equal(await dict.size(), 0);
});

test("a DictProxy throws as a dict does, and takes keys by their contents", LIMIT, async () => {
  const dict = await manager.dict<unknown, unknown>();
  await assert.rejects(dict.pop("x"), { name: "RangeError", message: /no such key, received x/ });
  await assert.rejects(dict.pop(Object.create(null)), { name: "RangeError", message: /no such key, received \[object Object\]/ });
  await assert.rejects(dict.popItem(), RangeError);
  await assert.rejects(dict.update(5 as never), TypeError);
  await assert.rejects(dict.update([5] as never), TypeError);
  await assert.rejects(dict.set(() => 1, 1), mp.SerializationError);
  await assert.rejects(dict.set(await manager.list(), 1), mp.SerializationError);
  await assert.rejects(manager.dict(5 as never), TypeError);
  await dict.set([1, "a"], "pair");
  assert.equal(await dict.get([1, "a"]), "pair");
  await dict.set(-0, "zero");
  assert.equal(await dict.get(0), "zero");
  await dict.set("__proto__", "safe");
  assert.equal(await dict.get("__proto__"), "safe");
});

test("keys, members and items are equal when their contents are, whatever parts they share", LIMIT, async () => {
  const [one, bytes, loop] = [[1], new Uint8Array([0, 1, 2]), [] as unknown[]];
  const dict = await manager.dict<unknown, string>();
  await dict.set([one, one], "shared");
  assert.equal(await dict.get([[1], [1]]), "shared");
  await dict.set([[-0], bytes.subarray(1)], "part");
  assert.equal(await dict.get([[0], new Uint8Array([1, 2])]), "part");
  loop.push(loop);
  await assert.rejects(dict.set(loop, ""), { name: "SerializationError", message: /^Cannot use a object as a key/ });
  const set = await manager.set<unknown>([new Map([["a", one], ["b", one]])]);
  assert.equal(await set.has(new Map([["a", [1]], ["b", [1]]])), true);
  const list = await manager.list<unknown>([0, [[1], [1]], { a: one, b: one }, loop]);
  assert.deepEqual([await list.index([one, one]), await list.count({ a: [1], b: [1] }), await list.index(loop)], [1, 1, 3]);
  await list.remove({ a: [1], b: [1] });
  assert.equal(await list.length(), 3);
});

test("dicts and queues nest, and survive their local proxies [test_dict_proxy_nested, test_nested_queue]", LIMIT, async () => {
  const pets = await manager.dict({ cats: 2 });
  const queue = await manager.Queue<number>();
  const outer = await manager.dict<string, unknown>({ pets, queue, plain: { list: [1] } });
  pets.close();
  await (await outer.get("pets") as DictProxy<string, number>).set("dogs", 1);
  assert.deepEqual([...await (await outer.get("pets") as DictProxy<string, number>).copy()], [["cats", 2], ["dogs", 1]]);
  await (await outer.get("queue") as mp.Queue<number>).put(5);
  assert.equal(await queue.get(), 5);
  assert.deepEqual(await outer.get("plain"), { list: [1] });
});

test("a SetProxy has the methods of a set [1.11 SetProxy]", LIMIT, async () => {
  const set = await manager.set<unknown>(["a", "b"]);
  await set.add("c");
  await set.add([1]);
  await set.add([1]);
  assert.equal(await set.size(), 4);
  assert.deepEqual([await set.has([1]), await set.delete([1]), await set.has([1])], [true, true, false]);
  await set.update(["d", "a"]);
  await set.discard("x");
  await assert.rejects(set.remove("x"), RangeError);
  await assert.rejects(set.remove(Object.create(null)), RangeError);
  await set.remove("d");
  assert.deepEqual(await set.union(["z"]), new Set(["a", "b", "c", "z"]));
  assert.deepEqual(await set.intersection(["a", "z"]), new Set(["a"]));
  assert.deepEqual(await set.difference(["a"]), new Set(["b", "c"]));
  assert.deepEqual(await set.symmetricDifference(["a", "z"]), new Set(["b", "c", "z"]));
  assert.deepEqual([await set.isSubsetOf("abcd"), await set.isSupersetOf("ab"), await set.isDisjointFrom("xa")], [true, true, false]);
  await set.update((members) => void members.delete("a"));
  assert.deepEqual(await set.values(), ["b", "c"]);
  assert.equal(await set.pop(), "b");
  await set.clear();
  await assert.rejects(set.pop(), RangeError);
  await assert.rejects(set.update(5 as never), TypeError);
});

test("a Namespace has attributes; those with an underscore stay on the proxy [test_namespace]", LIMIT, async () => {
  const ns = await manager.Namespace<Record<string, unknown>>({ name: "Bob" });
  assert.ok(ns instanceof NamespaceProxy);
  ns.job = "Builder";
  ns._hidden = "hidden";
  assert.deepEqual([await ns.name, await ns.get("job"), ns._hidden, await ns.missing], ["Bob", "Builder", "hidden", undefined]);
  delete ns.job;
  assert.deepEqual(await ns.getValue(), { name: "Bob" });
  assert.equal(await ns.delete("name"), true);
  await ns.set("get", 1);
  assert.equal(await ns.get("get"), 1);
  await ns.set("__proto__", "safe");
  assert.deepEqual(Object.entries(await ns.getValue()), [["get", 1], ["__proto__", "safe"]]);
  await assert.rejects(manager.Namespace(5 as never), TypeError);
});

test("a ValueProxy holds anything, an ArrayProxy numbers of its type [test_value, test_array]", LIMIT, async () => {
  const value = await manager.Value<unknown>("i", 1);
  await value.set({ any: "thing" });
  assert.deepEqual(await value.get(), { any: "thing" });
  await assert.rejects(manager.Value("no" as never, 1), TypeError);
  const array = await manager.Array("h", [1, 2, 3]);
  assert.ok(array instanceof ArrayProxy);
  await array.set(0, 40_000);
  assert.deepEqual([await array.get(0), await array.get(-1), await array.slice(1), await array.length()], [40_000 - 65_536, 3, [2, 3], 3]);
  await assert.rejects(array.get(3), RangeError);
  await assert.rejects(array.set(0, "x" as never), TypeError);
  assert.equal(await array.update((all) => all.push(1) && all.pop()), 1);
  await assert.rejects(array.update((all) => void all.push(1)), RangeError);
  await array.update((all) => void all.reverse());
  assert.deepEqual(await array.toArray(), [3, 2, 40_000 - 65_536]);
  assert.deepEqual(await (await manager.Array("d", 2)).getValue(), [0, 0]);
  await assert.rejects(manager.Array("i", -1), RangeError);
});

test("update(fn) is one step: what it throws changes nothing, and others wait", LIMIT, async () => {
  const dict = await manager.dict<string, number>({ a: 1 });
  const failing = dict.update((all) => {
    all.set("a", 2);
    throw new RangeError("changed my mind");
  });
  await assert.rejects(failing, { name: "RangeError", message: "changed my mind" });
  assert.equal(await dict.get("a"), 1);
  await assert.rejects(dict.update(async (all: Map<string, number>) => void all.set("a", 3)), {
    name: "TypeError",
    message: /received a promise/,
  });
  await assert.rejects(dict.update((all) => void all.set("a", new WeakMap() as never)), mp.SerializationError);
  await assert.rejects(dict.update((all) => new WeakMap([[all.set("a", 4), 1]])), mp.SerializationError);
  assert.deepEqual([...await dict.copy()], [["a", 1]]);
  assert.equal(await dict.update((all, key: string, by: number) => all.set(key, all.get(key)! + by).get(key), "a", 41), 42);
  assert.equal(await dict.update((all) => all.set("b", 1)), undefined);
  const list = await manager.list<{ n: number }>([{ n: 1 }]);
  await Promise.all([
    list.update((items) => void items[0]!.n++),
    list.append({ n: 5 }),
    list.update((items) => void items.forEach((item) => item.n *= 2)),
  ]);
  assert.deepEqual(await list.toArray(), [{ n: 4 }, { n: 10 }]);
  const ns = await manager.Namespace({ x: 1 });
  assert.equal(await ns.update((all, y: number) => all.x += y, 2), 3);
  assert.equal(await ns.x, 3);
});

test("a function that changes an object may move proxies in it", LIMIT, async () => {
  const dict = await manager.dict<string, ListProxy<number>>({ a: await manager.list([1]), b: await manager.list([2]) });
  await dict.update((all) => {
    const [a, b] = [all.get("a")!, all.get("b")!];
    all.set("a", b).set("b", a);
  });
  assert.deepEqual(await Promise.all((await dict.values()).map((list) => list.toArray())), [[2], [1]]);
});

test("calls that are not awaited keep their order, also where a value has to be waited for", LIMIT, async () => {
  const list = await manager.list<unknown>();
  const other = await manager.list();
  void list.append(other);
  void list.append(Math.max.bind(null) && 2);
  void list.append(other);
  void list.append(4);
  assert.deepEqual((await list.toArray()).map((item) => item instanceof BaseProxy ? "proxy" : item), ["proxy", 2, "proxy", 4]);
});

test("objects are freed when nobody refers to them, in values and under way too [2.9 decref]", LIMIT, async () => {
  const before = await counted.numberOfObjects();
  const [inner, outer] = [await counted.list([1]), await counted.list<unknown>()];
  await outer.append(inner);
  await outer.append({ deep: [inner] });
  inner.close();
  assert.equal(await counted.numberOfObjects(), before + 2);
  const first = await outer.get(0) as ListProxy<number>;
  await outer.clear();
  assert.deepEqual(await first.toArray(), [1]);
  assert.equal(await counted.numberOfObjects(), before + 2);
  first.close();
  outer.close();
  assert.equal(await counted.numberOfObjects(), before);
});

test("a dict in which a function set two equal keys refers to the last value only", LIMIT, async () => {
  const before = await counted.numberOfObjects();
  const [dict, list] = [await counted.dict<unknown, BaseProxy>(), await counted.list()];
  await dict.set("a", list);
  list.close();
  await dict.update((all) => {
    const a = all.get("a")!;
    all.set([1], a).set([1], a);
    Object.assign(globalThis, { seen: a });
  });
  assert.equal(await dict.size(), 2);
  // The manager's own proxies do not wait for the collector.
  await dict.update((all) => {
    [...all.values(), (globalThis as unknown as { seen: BaseProxy }).seen].forEach((proxy) => proxy.close());
    all.clear();
  });
  dict.close();
  assert.equal(await counted.numberOfObjects(), before);
});

test("what a closed proxy is asked rejects; a value that failed to travel leaves no reference behind", LIMIT, async () => {
  const before = await counted.numberOfObjects();
  const list = await counted.list<unknown>();
  const inner = await counted.list();
  await assert.rejects(list.append([inner, new WeakMap()]), mp.SerializationError);
  await assert.rejects(list.set(5, inner), RangeError);
  inner.close();
  assert.equal(await counted.numberOfObjects(), before + 1);
  list.close();
  await assert.rejects(list.append(1), { name: "ClosedError", message: /this proxy is closed/ });
  assert.throws(() => list.token, mp.ClosedError);
  assert.equal(await counted.numberOfObjects(), before);
});

test("a proxy cannot be made by hand, and shows what it is [1.11 BaseProxy]", LIMIT, async () => {
  assert.throws(() => new BaseProxy({} as never), { name: "TypeError", message: /proxies are made by a manager/ });
  const list = await manager.list();
  assert.match(String(list), /^<ListProxy object, typeid 'list' at \w{8}>$/);
  assert.match(String(list.token), /^Token\(typeid='list', address='.*', id='\w{8}'\)$/);
  assert.match(String(manager), /^<SyncManager started pid=\d+>$/);
});

test("a managed Pool has the methods of a Pool [test_pool]", LIMIT, async () => {
  const pool = await manager.Pool(2);
  const square = (x: number) => x * x;
  assert.equal(await pool.apply(square, [7]), 49);
  const seen: number[] = [];
  const result = pool.applyAsync(square, [8], { callback: (value) => seen.push(value) });
  assert.equal(await result.get(), 64);
  assert.deepEqual(seen, [64]);
  assert.ok(result.ready() && result.successful());
  assert.deepEqual(await pool.map(square, [1, 2, 3], { chunksize: 2 }), [1, 4, 9]);
  assert.deepEqual(await pool.mapAsync(square, [4]).get(), [16]);
  assert.deepEqual(await pool.starmap((a: number, b: number) => a + b, [[1, 2], [3, 4]]), [3, 7]);
  const results: number[] = [];
  for await (const value of pool.imap(square, [1, 2, 3])) results.push(value);
  assert.deepEqual(results, [1, 4, 9]);
  await assert.rejects(
    pool.apply(() => {
      throw new RangeError("in a worker");
    }),
    { name: "RangeError", message: "in a worker" },
  );
  const list = await manager.list<string>();
  const reason = new Error("too late");
  const add = (to: ListProxy<string>) => to.append("has run");
  await assert.rejects(pool.apply(add, [list], { signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(pool.map(add, [list], { signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(pool.apply(add, [list], { signal: 5 as never }), TypeError);
  await assert.rejects(manager.Pool(-1), RangeError);
  pool.close();
  await pool.join();
  assert.equal(await list.length(), 0);
  await assert.rejects(pool.apply(square, [1]), mp.ClosedError);
});

test("after shutdown() every proxy rejects [2.9 after shutdown]", LIMIT, async () => {
  const list = await manager.list([1]);
  await counted.shutdown();
  await manager.shutdown();
  await assert.rejects(list.get(0), mp.BrokenPipeError);
  await assert.rejects(manager.list(), mp.ProcessError);
});

leavesNothingBehind();
