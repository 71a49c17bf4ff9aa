import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { freeNames } from "../../src/reference/free_names.ts";
import { parseFunction } from "../../src/reference/function_source.ts";

async function free(text: string): Promise<string[]> {
  return freeNames((await parseFunction(text)).node).map(({ name }) => name);
}

/** Source text, and what it uses without having made it, in order. */
const cases: Record<string, [text: string, free: string[]]> = {
  "a parameter is its own": ["(a) => a", []],
  "a variable of the module is free": ["(a) => a + base", ["base"]],
  "names come in order, each once": ["(a) => c + b + c + a", ["c", "b"]],
  "a default may use the parameters before it": ["(a, b = a + c) => b", ["c"]],
  "a default does not see the variables of the body": ["(a = inside) => { var inside; return a; }", ["inside"]],
  "destructured parameters are its own": ["({ a, b: { c }, ...rest }, [d, , e = f], ...more) => [a, c, d, e, rest, more, b]", ["f", "b"]],
  "a computed key in a pattern is used": ["({ [key]: a }) => a", ["key"]],
  "a property name is no variable": ["(a) => a.b.c ?? { d: 1, e() {}, get f() { return 1; } }", []],
  "a computed property is a variable": ["(a) => a[b]", ["b"]],
  "a shorthand property is a variable": ["() => ({ a })", ["a"]],
  "a var is hoisted out of blocks": ["() => { if (x) { var a = 1; } return a; }", ["x"]],
  "a let stays in its block": ["() => { { let a = 1; a; } return a; }", ["a"]],
  "a function of a block stays in it, as in strict code": ["() => { { function f() {} f(); } return f; }", ["f"]],
  "a function may be used before its line": ["() => { return f(); function f() { return 1; } }", []],
  "a loop variable belongs to the loop": ["() => { for (let i = 0; i < n; i++) {} for (const x of xs) x; return i; }", ["n", "xs", "i"]],
  "a for-in over an outer variable": ["(o) => { for (k in o) {} }", ["k"]],
  "a catch parameter belongs to its clause": ["() => { try {} catch ({ message }) { message; } return message; }", ["message"]],
  "a catch without a parameter": ["() => { try { a; } catch { b; } finally { c; } }", ["a", "b", "c"]],
  "a switch is one block": ["(a) => { switch (a) { case 1: let b; case 2: b; } return b; }", ["b"]],
  "a label is no variable": ["() => { out: for (;;) { for (;;) { break out; } } }", []],
  "a function expression may call itself": ["function f(n) { return n ? f(n - 1) : g; }", ["g"]],
  "a name of an inner function expression stays inside": ["() => { (function inner() { inner; }); return inner; }", ["inner"]],
  "arguments belong to a function": ["function () { return arguments[0]; }", []],
  "arguments in an arrow are captured": ["() => arguments[0]", ["arguments"]],
  "arguments in an arrow inside a function are the function's": ["function () { return () => arguments; }", []],
  "this of the function itself is captured": ["function () { return this.x; }", ["this"]],
  "this of an arrow is captured": ["() => this", ["this"]],
  "this of an inner function is its own": ["() => { function f() { return this; } return { g() { return this; } }; }", []],
  "this of a method is captured": ["m() { return this.x; }", ["this"]],
  "super of a method is captured": ["m() { return super.m(); }", ["super"]],
  "super of an inner object's method is its own": ["() => ({ m() { return super.m(); } })", []],
  "a private name of elsewhere is captured": ["m(o) { return o.#x; }", ["#x"]],
  "a private name of its own class is not": ["() => class { #x = 1; has(o) { return #x in o && o.#x; } }", []],
  "a class": ["class A { #x = 1; static s = A.t; constructor(a) { this.#x = a; } get x() { return this.#x; } }", []],
  "a class with a base": ["class A extends B { m() { return super.m(); } static { this.z; var q; q; } }", ["B"]],
  "a field's value": ["class A { f = g; static h = () => this; [k] = 1; }", ["g", "k"]],
  "a class of a block stays in it": ["() => { { class C {} new C(); } return C; }", ["C"]],
  "import.meta": ["() => import.meta.url", ["import.meta"]],
  "new.target of a function is its own": ["function () { return new.target; }", []],
  "new.target of an arrow is captured": ["() => new.target", ["new.target"]],
  "a relative import()": ["() => import('./x.js')", ['import("./x.js")']],
  "a relative import() in a template": ["(n) => import(`../${n}.js`)", ['import("../")']],
  "a relative import() that is put together": ["(n) => import('./' + n)", ['import("./")']],
  "an absolute import()": ["() => import('node:fs')", []],
  "a computed import()": ["(url) => import(url)", []],
  "typeof names": ["() => typeof a", ["a"]],
  "an assignment": ["() => { a = 1; [b, c.d] = []; ({ e: f } = {}); }", ["a", "b", "c", "f"]],
  "templates and tags": ["(a) => tag`x${a}${b}`", ["tag", "b"]],
  "an async generator": ["async function* (a) { for await (const x of a) yield* y(x); }", ["y"]],
  "optional chains": ["(a) => a?.b?.[c]?.(d)", ["c", "d"]],
  "a method shorthand with an odd key": ["async *['a' + k](x) { yield x; }", []],
  "a private method": ["#m(x) { return x; }", []],
  "a static method called constructor's way": ["static(x) { return x; }", []],
  "regular expressions and big integers": ["() => [/a(?<b>c)/gu, 1n, null, 'd']", []],
};

describe("freeNames()", () => {
  for (const [claim, [text, expected]] of Object.entries(cases)) {
    test(`${claim}: ${text}`, async () => assert.deepEqual(await free(text), expected));
  }

  test("gives the line in the function's own source", async () => {
    const { node } = await parseFunction("() => {\n  a;\n  b;\n}");
    assert.deepEqual(freeNames(node).map(({ name, line }) => [name, line]), [["a", 2], ["b", 3]]);
  });

  test("tells a name that is also asked for with typeof", async () => {
    const { node } = await parseFunction("() => typeof Deno === 'undefined' ? process.pid : Deno.pid");
    assert.deepEqual(freeNames(node).map(({ name, guarded }) => [name, guarded]), [["Deno", true], ["process", false]]);
  });
});

describe("parseFunction()", () => {
  for (const text of ["get x() { return 1; }", "set x(v) {}"]) {
    test(`refuses an accessor: ${text}`, async () => {
      await assert.rejects(parseFunction(text), { name: "UnreadableSource", message: /^it is a [gs]etter, which belongs to its object$/ });
    });
  }

  test("refuses what is no strict code", async () => {
    await assert.rejects(parseFunction("function (a) { with (a) b; }"), { name: "UnreadableSource", message: /no strict code/ });
  });

  test("gives a method a key that needs nothing", async () => {
    const { form, text } = await parseFunction("async *[Symbol.iterator + x](a) { yield a; }");
    assert.deepEqual([form, text], ["method", "async *method(a) { yield a; }"]);
  });
});
