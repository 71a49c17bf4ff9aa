/** A program that may not start children says which flag it lacks. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import process from "node:process";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { ownRuntime } from "../support/on_path.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const program = new URL(`./programs/few_permissions${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

async function printed(what: string, execArgv: string[]): Promise<string> {
  const { stdout, stderr, code } = await runProgram(program, [what], { execArgv });
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Deno's node:child_process adds `--allow-all` to a Deno that is started without any permission. */
const none = ["--no-prompt", "--allow-sys=uid"];
const all = ["--allow-run", "--allow-env", "--allow-read", "--allow-write", "--allow-net"];
const deno = { ...LIMIT, skip: ownRuntime !== "deno" && "Deno's permissions" };

test("a program without any permission can import the library, and is told what a child takes", deno, async () => {
  assert.equal(
    await printed("spawn", none),
    `ProcessError: Cannot start a process: this program lacks permissions, received none of ${all.join(" ")}\nStart it with ${
      all.join(" ")
    }; a child that is given permissions needs { run: true, env: true, read: true, write: true, net: true } in them\n`,
  );
});

for (const flag of all) {
  test(`a program without ${flag} alone is told so by start()`, deno, async () => {
    const flags = [...none, ...all.filter((other) => other !== flag)];
    assert.match(
      await printed("spawn", flags),
      new RegExp(
        `^ProcessError: Cannot start a process: .* received none of ${flag}\nStart it with ${flag}; a child .* needs { ${
          flag.slice(8)
        }: true } in them\n$`,
      ),
    );
  });
}

test("those permissions are enough", deno, async () => {
  assert.equal(await printed("spawn", [...none, ...all]), "fine\n");
  assert.equal(await printed("thread", [...none, "--allow-read", "--allow-write", "--allow-env"]), "fine\n");
});

test("--allow-run for the runtime alone is not enough: a program with children sends signals", deno, async () => {
  const flags = all.map((flag) => flag === "--allow-run" ? `${flag}=${process.execPath}` : flag);
  assert.match(await printed("spawn", ["--no-prompt", ...flags]), /^ProcessError: .* received none of --allow-run\n/);
});

test("a thread needs to read its module, and a place for sockets", deno, async () => {
  assert.match(await printed("thread", none), /^ProcessError: .* received none of --allow-env --allow-read --allow-write\n/);
  assert.match(
    await printed("thread", [...none, "--allow-env", `--allow-read=${tmpdir()}`, "--allow-write"]),
    /^ProcessError: .* none of --allow-read\n/,
  );
});

test("a Lock says what it lacks", deno, async () => {
  assert.match(await printed("lock", [...none, "--allow-env"]), /^ProcessError: .* none of --allow-read --allow-write\n/);
});

test("a put whose server cannot be started rejects, and keeps the program waiting no longer", deno, async () => {
  assert.match(await printed("queue", [...none, "--allow-env"]), /^ProcessError: .* none of --allow-read --allow-write\n/);
});

const [major = 0] = process.versions.node.split(".").map(Number);
const node = { ...LIMIT, skip: ownRuntime !== "node" ? "Node's permissions" : major < 24 && "Node had another flag for them then" };

test("a program under Node's --permission is told what it lacks", node, async () => {
  const flags = ["--permission", "--allow-fs-read=*", "--allow-fs-write=*"];
  assert.match(await printed("spawn", flags), /^ProcessError: Cannot start a process: .* received none of --allow-child-process\n/);
  assert.match(await printed("thread", flags), /^ProcessError: Cannot start a thread: .* received none of --allow-worker\n/);
});

leavesNothingBehind();
