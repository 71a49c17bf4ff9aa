import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const skip = process.versions.deno === undefined ? "the linter is Deno's" : false;
const scripts = fileURLToPath(new URL("../../scripts/", import.meta.url));

/** Lints files in a project of their own. @returns the codes of what is found, per file, each once */
function lint(files: Record<string, string>): Record<string, string[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lint-"));
  try {
    for (const part of ["lint", "lib"]) fs.cpSync(path.join(scripts, part), path.join(folder, "scripts", part), { recursive: true });
    fs.writeFileSync(
      path.join(folder, "deno.json"),
      JSON.stringify({ lint: { plugins: ["./scripts/lint/fenshen.ts"], rules: { tags: [] } } }),
    );
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    const { stdout, stderr } = spawnSync(process.execPath, ["lint", "--json", ...Object.keys(files)], { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout || assert.fail(stderr)) as { diagnostics: { code: string; filename: string }[] };
    return Object.fromEntries(
      Object.keys(files).map((file) => {
        const found = diagnostics.filter(({ filename }) => filename.endsWith(file)).map(({ code }) => code.replace("fenshen/", ""));
        return [file, [...new Set(found)]];
      }),
    );
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

test("the lint finds imports that point up, of every kind", { skip }, () => {
  assert.deepEqual(
    lint({
      "src/wire/a.ts": 'import "../pool/x.ts";',
      "src/wire/b.ts": 'import type { X } from "../pool/x.ts";',
      "src/wire/c.ts": 'export * from "../pool/x.ts";',
      "src/wire/d.ts": 'export { X } from "../pool/x.ts";',
      "src/wire/e.ts": 'await import("../pool/x.ts");',
      "src/wire/f.ts": 'export type X = import("../pool/x.ts").X;',
      "src/wire/g.ts": '// import "../pool/x.ts"\nexport * from "../base/x.ts";',
    }),
    {
      "src/wire/a.ts": ["layers"],
      "src/wire/b.ts": ["layers"],
      "src/wire/c.ts": ["layers"],
      "src/wire/d.ts": ["layers"],
      "src/wire/e.ts": ["layers"],
      "src/wire/f.ts": ["layers"],
      "src/wire/g.ts": [],
    },
  );
});

test(
  "the lint finds a runtime's name outside src/runtime, but not in comments, texts, names of members and own variables",
  { skip },
  () => {
    const found = ["runtime-only-in-adapter"];
    assert.deepEqual(
      lint({
        "src/pool/a.ts": "export const a = Deno.pid;",
        "src/pool/b.ts": "export const b = typeof Bun;",
        "src/pool/c.ts": "export const c = (globalThis as { process?: unknown }).process;",
        "src/pool/d.ts": 'import fs from "node:fs";',
        "mod.ts": "process.exit();",
        "src/pool/e.ts": '/* Deno Bun process */ export const e = { process: "Deno" }.process;',
        "src/pool/own.ts":
          "export const own = ({ process }: { process: number }) => { for (const p of [process]) console.log(p, process, { process }); };",
        "src/pool/other.ts": "export const other = (process: number) => process; export const global = process.pid;",
        "src/runtime/f.ts": 'import "node:fs"; Deno.exit(); Bun.exit(); process.exit();',
      }),
      {
        "src/pool/a.ts": found,
        "src/pool/b.ts": found,
        "src/pool/c.ts": found,
        "src/pool/d.ts": found,
        "mod.ts": found,
        "src/pool/e.ts": [],
        "src/pool/own.ts": [],
        "src/pool/other.ts": found,
        "src/runtime/f.ts": [],
      },
    );
  },
);

test("the lint finds what the runtimes count differently, or do not share, in tests", { skip }, () => {
  const found = ["tests-on-all-runtimes"];
  assert.deepEqual(
    lint({
      "tests/a_test.ts": 'test("x", async (t) => { await t.test("y", () => {}); });',
      "tests/b_test.ts": 'test.only("x", () => {});',
      "tests/c_test.ts": "Deno.exit();",
      "tests/d_test.ts": 'import "./a_test.ts";',
      "tests/e_test.ts": 'test("x", { skip: "not here" }, () => { process.exit(); });',
    }),
    { "tests/a_test.ts": found, "tests/b_test.ts": found, "tests/c_test.ts": found, "tests/d_test.ts": found, "tests/e_test.ts": [] },
  );
});
