import assert from "node:assert/strict";
import { test } from "node:test";
import { SerializationError } from "../../src/base/errors.ts";
import { registerHandle, registerHandleGroup } from "../../src/wire/handles.ts";
import type { FunctionHooks, FunctionLike, PlainValue, SharedMemoryHooks } from "../../src/wire/hooks.ts";
import { reducer } from "../../src/wire/reducer.ts";
import { decode, encode } from "../../src/wire/wire.ts";

/** Hooks that number functions, at once or later. */
class Numbered implements FunctionHooks {
  readonly referred: [FunctionLike, string][] = [];
  readonly #later: boolean;
  constructor(later = false) {
    this.#later = later;
  }
  refer(fn: FunctionLike, where: string): PlainValue | Promise<PlainValue> {
    const reference = { index: this.referred.push([fn, where]) - 1 };
    return this.#later ? Promise.resolve(reference) : reference;
  }
  resolve(reference: PlainValue): FunctionLike | Promise<FunctionLike> {
    const fn = this.referred[(reference as { index: number }).index]![0];
    return this.#later ? Promise.resolve(fn) : fn;
  }
}

function work() {}
class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
}
reducer.register(Point, { reduce: (p) => [p.x, p.y], revive: ([x, y]) => new Point(x, y) });

test("a function is referred to once, with its place, and arrives in every place", () => {
  const functions = new Numbered();
  const back = decode(encode({ a: [work], b: work, c: Point }, { functions, where: "args[0]" }) as Uint8Array, { functions }) as Record<
    string,
    unknown
  >;
  assert.deepEqual(functions.referred, [[work, "args[0].a[0]"], [Point, "args[0].c"]]);
  assert.deepEqual(back, { a: [work], b: work, c: Point });
});

test("encode() and decode() wait for references that come later", async () => {
  const functions = new Numbered(true);
  const value = { list: [1], fn: work, at: 1.5 };
  const message = encode(value, { functions });
  assert.ok(message instanceof Promise);
  value.list.push(2);
  const bytes = await message;
  const back = decode(bytes, { functions });
  assert.ok(back instanceof Promise);
  bytes.fill(0);
  assert.deepEqual(await back, { list: [1], fn: work, at: 1.5 });
});

test("a refusal of the hooks comes out as it is, now or later", async () => {
  const refusal = new SerializationError("captured a variable");
  const now: FunctionHooks = {
    refer() {
      throw refusal;
    },
    resolve: () => work,
  };
  const later: FunctionHooks = { refer: () => Promise.reject(refusal), resolve: () => Promise.reject(refusal) };
  assert.throws(() => encode(work, { functions: now }), (e) => e === refusal);
  await assert.rejects(encode(work, { functions: later }) as Promise<Uint8Array>, (e) => e === refusal);
  const message = encode([work, Point], { functions: new Numbered() }) as Uint8Array;
  await assert.rejects(decode(message, { functions: later }) as Promise<unknown>, (e) => e === refusal);
  assert.throws(() =>
    decode(message, {
      functions: {
        refer: () => 0,
        resolve() {
          throw refusal;
        },
      },
    }), (e) => e === refusal);
});

test("a message with functions is refused where no hooks are given", () => {
  const message = encode(work, { functions: new Numbered() }) as Uint8Array;
  assert.throws(() => decode(message), { name: "SerializationError", message: "Cannot decode a message: functions are not accepted here" });
});

test("hooks that resolve to something else than a function are refused", () => {
  const message = encode(work, { functions: new Numbered() }) as Uint8Array;
  assert.throws(() => decode(message, { functions: { refer: () => 0, resolve: () => ({}) as FunctionLike } }), {
    name: "SerializationError",
  });
});

test("a failed encode leaves no reference for the next one", () => {
  const functions = new Numbered();
  assert.throws(() => encode([work, Symbol("s")], { functions }), SerializationError);
  assert.equal((encode([1]) as Uint8Array).length, 3);
});

test("an instance with a reducer arrives as one instance", () => {
  const functions = new Numbered();
  const point = new Point(1, 2);
  const back = decode(encode([point, { point }, new Point(3, 4)], { functions }) as Uint8Array, { functions }) as [
    Point,
    { point: Point },
    Point,
  ];
  assert.ok(back[0] instanceof Point);
  assert.deepEqual({ ...back[0] }, { x: 1, y: 2 });
  assert.equal(back[0], back[1].point);
  assert.equal(back[2].y, 4);
  assert.equal(functions.referred.length, 1);
});

test("reduced states nest and share parts with the rest of the value", () => {
  class Box {
    content: unknown;
    constructor(content: unknown) {
      this.content = content;
    }
  }
  reducer.register(Box, { reduce: (b) => ({ content: b.content }), revive: ({ content }) => new Box(content) });
  const functions = new Numbered();
  const part = new Map([["k", 1]]);
  const back = decode(encode([part, new Box([part, new Box(part)])], { functions }) as Uint8Array, { functions }) as [unknown, Box];
  const content = back[1].content as [unknown, Box];
  assert.equal(content[0], back[0]);
  assert.equal(content[1].content, back[0]);
});

test("a state that contains its instance is refused", () => {
  class Loop {}
  reducer.register(Loop, { reduce: (l) => [l], revive: () => new Loop() });
  assert.throws(() => encode(new Loop(), { functions: new Numbered() }), /reduced state of an instance must not contain the instance/);
});

test("a subclass does not use the reducer of its class", () => {
  class Point3 extends Point {}
  assert.throws(() => encode(new Point3(1, 2), { functions: new Numbered() }), /the class Point3 has no reducer/);
});

test("what reduce() throws comes out as it is, what revive() throws is the cause of a SerializationError", () => {
  class Bad {}
  const failure = new Error("boom");
  reducer.register(Bad, {
    reduce() {
      throw failure;
    },
    revive: () => new Bad(),
  });
  assert.throws(() => encode(new Bad(), { functions: new Numbered() }), (e) => e === failure);
  reducer.register(Bad, {
    reduce: () => 0,
    revive() {
      throw failure;
    },
  });
  const functions = new Numbered();
  const message = encode(new Bad(), { functions }) as Uint8Array;
  assert.throws(
    () => decode(message, { functions }),
    (e) => e instanceof SerializationError && e.cause === failure && /revive\(\) of Bad threw Error: boom/.test(e.message),
  );
});

test("a class without a reducer over there is refused by name", () => {
  const functions = new Numbered();
  const message = encode(new Point(1, 2), { functions }) as Uint8Array;
  class Other {}
  assert.throws(() => decode(message, { functions: { refer: () => 0, resolve: () => Other } }), /the class Other has no reducer here/);
  assert.throws(() => decode(message, { functions: { refer: () => 0, resolve: () => () => 1 } }), /has no reducer here/);
});

test("register() refuses what is no class, half a reducer, and classes that travel by themselves", () => {
  const how = { reduce: () => 0, revive: () => new Point(0, 0) };
  assert.throws(() => reducer.register("Point" as never, how), TypeError);
  assert.throws(() => reducer.register(Point, { reduce: () => 0 } as never), TypeError);
  for (const cls of [Map, Date, Uint8Array, Error, Object]) {
    assert.throws(() => reducer.register(cls as never, how), /it travels by itself/);
  }
});

class Queue {
  readonly id: string;
  ready: Promise<unknown> = Promise.resolve();
  constructor(id: string) {
    this.id = id;
  }
}
registerHandle<Queue, { id: string }>({
  type: "test.Queue",
  class: Queue,
  reduce(queue, wait) {
    wait(queue.ready);
    return { id: queue.id };
  },
  revive: ({ id }) => new Queue(id),
});

test("a message with a handle waits for it, and only until it is ready", async () => {
  const queue = new Queue("q1");
  let announce = () => {};
  queue.ready = new Promise<void>((resolve) => announce = resolve);
  const value = { queue, again: queue, n: 1 };
  const message = encode(value) as Promise<Uint8Array>;
  value.n = 2;
  announce();
  const back = decode(await message) as typeof value;
  assert.ok(back.queue instanceof Queue);
  assert.deepEqual([back.queue.id, back.n], ["q1", 1]);
  assert.equal(back.queue, back.again);
});

test("a handle that fails to get ready rejects the message", async () => {
  const queue = new Queue("q");
  queue.ready = Promise.reject(new Error("no server"));
  await assert.rejects(encode([queue]) as Promise<Uint8Array>, /no server/);
});

test("a handle that fails after encode() threw is not an unhandled rejection", async () => {
  const queue = new Queue("q");
  let fail = (_: Error) => {};
  queue.ready = new Promise((_, reject) => fail = reject);
  assert.throws(() => encode([queue, Symbol("s")]), SerializationError);
  fail(new Error("late"));
  await new Promise((resolve) => setTimeout(resolve, 0)); // the turn in which a runtime would report it
});

test("an instance of a subclass arrives as one, with its own properties, unless it is registered itself", () => {
  class Sync {
    id: string | null = null;
  }
  class Sub extends Sync {
    self: object = this;
    ["__proto__"] = "own";
  }
  class Own extends Sync {}
  class Stranger {}
  registerHandle<Sync, string>({
    type: "test.Sync",
    class: Sync,
    reduce: () => "base",
    revive: (id) => Object.assign(new Sync(), { id }),
  });
  registerHandle<Own, string>({ type: "test.Own", class: Own, reduce: () => "own", revive: () => new Own() });
  const functions = new Numbered();
  const sub = Object.assign(new Sub(), { more: [1n] });
  const message = encode([sub, new Own(), sub], { functions }) as Uint8Array;
  assert.deepEqual(functions.referred, [[Sub, "value[0]"]]);
  const [back, own, again] = decode(message, { functions }) as [Sub & { more: unknown }, object, object];
  assert.deepEqual([back.constructor, own.constructor, again === back, back.self === back, back.more], [Sub, Own, true, true, [1n]]);
  assert.equal(Object.getOwnPropertyDescriptor(back, "__proto__")!.value, "own");
  assert.throws(() => encode(sub), /a function cannot travel/);
  functions.referred[0]![0] = Stranger;
  assert.throws(() => decode(message, { functions }), /the class Stranger is no test.Sync/);
  functions.referred[0]![0] = () => 1;
  assert.throws(() => decode(message, { functions }), /is no test.Sync/);
});

test("registering a handle type again replaces it", () => {
  class First {}
  class Second {}
  registerHandle<First, number>({ type: "test.Again", class: First, reduce: () => 1, revive: () => new First() });
  const message = encode(new First()) as Uint8Array;
  registerHandle<Second, number>({ type: "test.Again", class: Second, reduce: () => 1, revive: () => new Second() });
  assert.ok(decode(message) instanceof Second);
  assert.throws(() => encode(new First()), /the class First has no reducer/);
});

test("a handle type that is not registered here is refused by name", () => {
  const message = encode(new Queue("q"));
  return (message as Promise<Uint8Array>).then((bytes) => {
    const at = bytes.findIndex((_, i) => String.fromCharCode(...bytes.slice(i, i + 5)) === "Queue");
    bytes[at] = "q".charCodeAt(0);
    assert.throws(() => decode(bytes), /nothing here is called "test.queue"/);
  });
});

test("handle types of a group are loaded when the first of them arrives, once, and never for who accepts none", async () => {
  class Rare {
    readonly n: number;
    constructor(n: number) {
      this.n = n;
    }
  }
  // Its own name when it is written, as in another unit, and another one here, where nothing has been loaded yet.
  const type = (name: string, group: string) => ({
    type: name,
    group,
    class: Rare,
    reduce: ({ n }: Rare) => n,
    revive: (n: number) => new Rare(n),
  });
  registerHandle(type("test.Rare", "test.there"));
  const written = encode([new Rare(1), new Rare(2)]) as Uint8Array;
  const bytes = Uint8Array.from(written, (byte, i) => i === written.indexOf("t".charCodeAt(0), 3) ? "T".charCodeAt(0) : byte);
  let [loads, fails] = [0, true];
  registerHandleGroup("Test.there", async () => {
    loads++;
    await null;
    if (fails) throw new Error("the disk is gone");
    registerHandle(type("test.Rare", "Test.there"));
  });
  assert.throws(() => decode(bytes, { handles: false }), /shared objects are not accepted here/);
  assert.equal(loads, 0);
  await assert.rejects(decode(bytes) as Promise<unknown>, /the disk is gone/);
  fails = false;
  const both = await Promise.all([decode(bytes), decode(bytes)]) as Rare[][];
  assert.deepEqual(both.map((rares) => rares.map(({ n }) => n)), [[1, 2], [1, 2]]);
  assert.equal(loads, 2);
  // From now on nothing has to be waited for.
  assert.equal((decode(bytes) as Rare[])[1]!.n, 2);
  assert.equal((decode(written) as Rare[]).length, 2);
});

test("shared memory travels through its own hooks, with the views on it", () => {
  const kept: SharedArrayBuffer[] = [];
  const sharedMemory: SharedMemoryHooks = { refer: (b) => kept.push(b) - 1, resolve: (i) => kept[i as number]! };
  const buffer = new SharedArrayBuffer(8);
  const value = { buffer, view: new Int32Array(buffer, 4), again: new Uint8Array(buffer) };
  const back = decode(encode(value, { sharedMemory }) as Uint8Array, { sharedMemory }) as typeof value;
  assert.equal(back.buffer, buffer);
  assert.equal(back.view.buffer, buffer);
  assert.deepEqual([back.view.byteOffset, back.view.length, back.again.length], [4, 1, 8]);
  assert.equal(kept.length, 1);
});
