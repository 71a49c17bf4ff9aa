import assert from "node:assert/strict";
import { test } from "node:test";
import * as errors from "../../src/base/errors.ts";
import type { FunctionHooks, FunctionLike, PlainValue } from "../../src/wire/hooks.ts";
import { decode, encode, encodeError } from "../../src/wire/wire.ts";
import { difference } from "./fixtures/same.ts";

function trip<T>(value: T, functions?: FunctionHooks): T {
  return decode(encode(value, { functions }) as Uint8Array, { functions }) as T;
}

/** Hooks over a list of named functions. */
function hooksFor(...known: FunctionLike[]): FunctionHooks {
  return {
    refer(fn) {
      if (!known.includes(fn)) throw new errors.SerializationError("not known");
      return { name: fn.name };
    },
    resolve: (reference) => known.find((fn) => fn.name === (reference as { name: string }).name)!,
  };
}

const hasBuiltInTest = "isError" in Error;

function assertGenuine(error: Error): void {
  assert.equal(Object.prototype.toString.call(error), "[object Error]");
  if (hasBuiltInTest) assert.ok((Error as unknown as { isError(e: unknown): boolean }).isError(error));
}

test("every built-in error class is kept, with message and stack", () => {
  for (const C of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = new C("text");
    const back = trip(error);
    assert.equal(difference(error, back), null);
    assert.equal(back.stack, error.stack);
    assert.equal(back.constructor, C);
    assertGenuine(back);
  }
});

test("an error without message has none of its own", () => {
  assert.ok(!Object.hasOwn(trip(new Error()), "message"));
});

test("cause and own properties travel, hidden or not, cyclic too", () => {
  const error: Error & { self?: Error } = Object.assign(new Error("outer", { cause: { reason: [1, new RangeError("inner")] } }), {
    code: "E1",
    data: new Map([[1, 2]]),
  });
  Object.defineProperty(error, "secret", { value: 7 });
  error.self = error;
  const back = trip(error);
  assert.equal(difference(error, back), null);
  assert.equal(Object.getOwnPropertyDescriptor(back, "cause")!.enumerable, false);
  assert.equal(Object.getOwnPropertyDescriptor(back, "secret")!.value, 7);
});

/** An error whose getters need what only its constructor makes. */
class SealedError extends Error {
  readonly #text = "from a private field";
  override get name(): string {
    return "Sealed" + this.#text.length;
  }
  override get message(): string {
    return this.#text;
  }
  override get cause(): unknown {
    return [this.#text];
  }
}

test("name, message and cause that a class gives by getters over private fields arrive as what they gave", () => {
  const back = trip(new SealedError(), hooksFor(SealedError as unknown as FunctionLike));
  assert.ok(back instanceof SealedError);
  assert.deepEqual([back.name, back.message, back.cause], ["Sealed20", "from a private field", ["from a private field"]]);
  assert.deepEqual(Object.keys(back), []);
  assert.equal(trip(new SealedError()).message, "from a private field", "where the class is not known");
});

test("an AggregateError keeps its errors, also when one cannot travel", () => {
  const error = new AggregateError([new TypeError("a"), "b", Symbol("c")], "all");
  const back = trip(error);
  assert.equal(back.constructor, AggregateError);
  assert.equal(back.errors.length, 3);
  assert.ok(back.errors[0] instanceof TypeError);
  assert.deepEqual(back.errors.slice(1), ["b", "Symbol(c)"]);
});

test("each of our error classes is kept, with its data", () => {
  const made = [
    new errors.WorkerDiedError("died", { exitcode: -9, signal: "SIGKILL", task: "work" }),
    new errors.BufferTooShort(new Uint8Array([1, 2, 3])),
    new errors.MaybeEncodingError("exc", "value"),
    new errors.SystemExit(3),
    new errors.RemoteTraceback("at somewhere"),
    new errors.SerializationError("no", { cause: 1 }),
  ];
  for (const error of made) {
    const back = trip(error);
    assert.equal(difference(error, back), null);
    assert.ok(back instanceof error.constructor);
    assertGenuine(back);
  }
  for (const [name, cls] of errors.libraryErrors) {
    const error = Object.assign(Object.create(cls.prototype), { name }) as Error;
    const back = trip(error);
    assert.ok(back instanceof cls);
    assert.equal(back.name, name);
  }
});

test("no constructor runs when an error of ours arrives with foreign data", () => {
  const error = Object.create(errors.WorkerDiedError.prototype) as Error;
  assert.ok(trip(error) instanceof errors.WorkerDiedError);
});

test("a DOMException keeps name and message", () => {
  for (const error of [new DOMException("stop", "AbortError"), new DOMException("late", "TimeoutError"), new DOMException()]) {
    const back = trip(error);
    assert.ok(back instanceof DOMException);
    assert.deepEqual([back.name, back.message, back.code], [error.name, error.message, error.code]);
  }
});

class PaymentError extends TypeError {
  override name = "PaymentError";
  amount: number;
  constructor(options: { amount: number }) {
    super(`payment of ${options.amount}`);
    this.amount = options.amount;
  }
}

test("an error of a user's class keeps it, without a call of its constructor", () => {
  const back = trip(new PaymentError({ amount: 5 }), hooksFor(PaymentError));
  assert.ok(back instanceof PaymentError && back instanceof TypeError);
  assert.deepEqual([back.name, back.message, back.amount], ["PaymentError", "payment of 5", 5]);
  assertGenuine(back);
});

function assertNamed(back: Error): void {
  assert.equal(back.constructor, Error);
  assert.deepEqual([back.name, back.message, (back as PaymentError).amount], ["PaymentError", "payment of 5", 5]);
}

test("a class that cannot be referred to leaves an Error of its name", () => {
  const error = new PaymentError({ amount: 5 });
  assertNamed(trip(error));
  assertNamed(trip(error, hooksFor()));
});

test("a class that cannot be referred to leaves an Error of its name, when that shows later", async () => {
  const functions: FunctionHooks = { refer: () => Promise.reject(new Error("no")), resolve: () => PaymentError };
  const message = encode(new PaymentError({ amount: 5 }), { functions });
  assertNamed(decode(await message, { functions }) as Error);
});

test("a class that is not found, or is no class of errors, leaves an Error of its name", async () => {
  const message = encode(new PaymentError({ amount: 5 }), { functions: hooksFor(PaymentError) }) as Uint8Array;
  const refer = () => null;
  assertNamed(decode(message) as Error);
  assertNamed(decode(message, {
    functions: {
      refer,
      resolve: () => {
        throw new Error("gone");
      },
    },
  }) as Error);
  assertNamed(decode(message, { functions: { refer, resolve: () => Map } }) as Error);
  assertNamed(decode(message, { functions: { refer, resolve: () => undefined as unknown as FunctionLike } }) as Error);
  assertNamed(await decode(message, { functions: { refer, resolve: () => Promise.reject(new Error("gone")) } }) as Error);
});

test("an inherited name is kept when the class is not", () => {
  class Quiet extends Error {}
  Quiet.prototype.name = "Quiet";
  const back = trip(new Quiet("x"));
  assert.deepEqual([back.name, back.constructor], ["Quiet", Error]);
});

test("a property that cannot travel is replaced by its text", () => {
  class Socket {}
  const error = Object.assign(new Error("x"), {
    socket: new Socket(),
    mark: Symbol("m"),
    kept: [1],
    late: Promise.resolve(),
    toString: () => "own",
    fn: () => 1,
  });
  Object.defineProperty(error, "broken", {
    enumerable: true,
    get() {
      throw new Error("no reading");
    },
  });
  const back = trip(error) as typeof error & { broken: string };
  assert.deepEqual([back.socket, back.mark, back.late, back.kept], ["[object Object]", "Symbol(m)", "[object Promise]", [1]] as unknown);
  assert.match(back.broken, /no reading/);
  assert.match(back.fn as unknown as string, /=>/);
  assert.equal(String(back), "Error: x");
});

test("a failed property leaves nothing behind: what follows keeps its identity", () => {
  const shared = { s: 1 };
  const half = { first: { a: 1, b: 2 }, shared, never: Symbol("x") };
  const error = Object.assign(new Error("x"), { half, after: [shared, { a: 3, b: 4 }, shared] });
  const back = trip({ before: { z: 1 }, error, end: shared });
  assert.deepEqual(back.error.after, [{ s: 1 }, { a: 3, b: 4 }, { s: 1 }]);
  assert.equal(back.error.after[0], back.error.after[2]);
  assert.equal(back.end, back.error.after[0] as unknown);
});

test("a function in a property arrives when it can be found, else as its text", () => {
  function helper() {}
  const error = Object.assign(new Error("x"), { helper });
  const functions = hooksFor(helper);
  assert.equal(trip(error, functions).helper, helper);
  const elsewhere = decode(encode(error, { functions }) as Uint8Array) as Error & { helper: unknown };
  assert.match(String(elsewhere.helper), /function helper/);
});

test("a chain of 10,000 causes arrives, cut where it gets too deep", () => {
  let error = new Error("end");
  for (let i = 0; i < 10_000; i++) error = new Error(`level ${i}`, { cause: error });
  let depth = 0;
  for (let e: unknown = trip(error); e instanceof Error; e = e.cause) depth++;
  assert.ok(depth > 50 && depth < 10_000, `${depth}`);
});

function trap(): never {
  throw new Error("trap");
}

test("encodeError() never fails, whatever was thrown", async () => {
  class Odd {}
  const hostile = {
    toString() {
      throw new Error("no text");
    },
    get [Symbol.toStringTag]() {
      throw new Error("no tag");
    },
    fn: () => 1,
  };
  for (const thrown of [undefined, null, 1, "text", { a: 1 }, new Error("e")]) {
    assert.equal(difference(thrown, decode(encodeError(thrown) as Uint8Array)), null);
  }
  for (
    const thrown of [
      Symbol("s"),
      () => 1,
      new Odd(),
      hostile,
      Promise.resolve(),
      new Proxy({}, {
        ownKeys() {
          throw new Error("trap");
        },
      }),
    ]
  ) {
    const back = decode(encodeError(thrown) as Uint8Array) as Error;
    assert.ok(back instanceof Error);
    assert.match(back.message, /^Something that cannot travel was thrown: /);
    assert.ok(back.cause instanceof Error);
  }
  const traps = { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap };
  assert.ok(decode(encodeError(new Proxy(new Error("x"), traps)) as Uint8Array) instanceof Error);
  const pending: FunctionHooks = { refer: () => Promise.reject<PlainValue>(new Error("not found")), resolve: () => Odd };
  const back = decode(await encodeError([() => 1], { functions: pending })) as Error;
  assert.match(back.message, /thrown: an Array/);
  assert.match((back.cause as Error).message, /not found/);
});
