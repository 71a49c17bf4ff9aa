import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { describe, test } from "node:test";

const library = new URL("./fixtures/api.ts", import.meta.url).href;
const taskModule = new URL("../../src/reference/task.ts", import.meta.url).href;

const program = `
import { referenceOf } from "${library}";
import { task } from "${taskModule}";
const base = 1;
export function exported(n) { return n + base; }
const tell = async (fn) => { try { return (await referenceOf(fn)).kind } catch (error) { return error.name + ": " + error.message } };
console.log(JSON.stringify([await tell((n) => n + 1), await tell(exported), await tell(task(import.meta, (n) => n - base))]));
`;

const name = process.versions.deno !== undefined ? "deno" : process.versions.bun !== undefined ? "bun" : "node";
const commands = {
  deno: { eval: ["eval", program], stdin: ["run", "-A", "--no-check", "-"] },
  bun: { eval: ["-e", program], stdin: ["run", "-"] },
  node: { eval: ["--input-type=module", "-e", program], stdin: ["--input-type=module", "-"] },
}[name];

async function run(args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(program);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  await once(child, "close");
  return JSON.parse(output);
}

describe("a program that is no module", () => {
  for (const [from, args] of Object.entries(commands)) {
    test(`from ${from}: sends self-contained functions, and the error for any other says why`, async () => {
      const [arrow, exported, registered] = await run(args);
      assert.equal(arrow, "source");
      for (const message of [exported, registered]) {
        assert.match(message!, /^SerializationError: Cannot send the function .* it captures base \(line \d\)/);
        assert.match(message!, /\nA program from eval, a REPL or standard input is no module that another unit could import\n/);
        assert.match(message!, /\n {2}functionRef\(new URL\("file:/);
      }
    });
  }
});
