/** What a module's text tells, for the syntax of TypeScript that the lexer of JavaScript does not know. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { moduleSource } from "../../src/reference/module_source.ts";
import type { Captures } from "../../src/reference/self_contained.ts";
import { refusal } from "../../src/reference/refusal.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "module-source-"));
after(() => fs.rmSync(folder, { recursive: true }));

async function exportsOf(name: string, text: string): Promise<string[] | null> {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const source = await moduleSource(pathToFileURL(file).href);
  assert.equal(source!.text, text);
  return source!.isRead ? source!.exports.map(({ name }) => name) : null;
}

const statements = [
  "const h = a! / 2;",
  "const h = a!/b!/c + '`';",
  "const h = a!! / 2;",
  "const h = a! /* of two */ / 2;",
  "const h = a! // of two\n / 2;",
  "const h = this.x! / rows[0]! / f()! / 3;",
  "const h = `${a! / 2}/`;",
  "const h = /a!/.test(b!) ? !/'/.test(c) : 1 / 2;",
  "if (x) !/re'/.test(y);",
  "const h = <number> y / 2;",
  "const h = a as number / 2;",
  "type Q = A extends B ? `/` : never;",
  "class C { x!: number; private y? = 1 / 2; }",
  "enum E { A = 1 / 2 }",
  "namespace N { export const inner = 1 / 2; }",
];

statements.forEach((statement, index) => {
  test(`a TypeScript module with \`${statement.replace("\n", " ⏎")}\` has its exports`, async () => {
    const text = `${statement}\nexport function before(a?: number) { return a; }\n${statement}\nexport const after = () => 1;\n`;
    assert.deepEqual(await exportsOf(`${index}.ts`, text), ["before", "after"]);
  });
});

test("a module with JSX is not taken for one that exports nothing", async () => {
  assert.equal(await exportsOf("jsx.tsx", "export const page = () => <p>it's</p>;\n"), null);
});

test("a function of a module with JSX that is still being evaluated is refused with that reason", () => {
  const page = "file:///page.tsx";
  const captures: Captures = { kind: "captures", names: [], unreadable: "it captures what is not known" };
  const findings = { where: undefined, captures, stack: [page], unfinished: [page], unread: [page], definedIn: page, noProgram: false };
  const { message } = refusal(() => {}, findings);
  assert.match(message, /^file:\/\/\/page\.tsx is still being evaluated, and its exports are not known: it is neither .* without JSX$/m);
  assert.doesNotMatch(message, /does not export/);
});
