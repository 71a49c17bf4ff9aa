/** The gate: what must hold besides the tests. Each check is one line when it is fine, and its errors when it is not. */
import fs from "node:fs";
import path from "node:path";
import { command, mapLimited } from "./command.ts";
import { checkConsumer } from "./consumer.ts";
import { runExamples } from "./examples.ts";
import { pack } from "./package.ts";
import { faces, filesBelow, root } from "./project.ts";

/** One check: its name, and a function that returns what is wrong, `""` when nothing is. */
interface Check {
  name: string;
  run(): Promise<string>;
}

function denoCheck(name: string, ...args: string[]): Check {
  return {
    name,
    run: async () => {
      const { ok, output } = await command(Deno.execPath(), args);
      return ok ? "" : output || `deno ${args.join(" ")} failed`;
    },
  };
}

/** The lock file names no host: it must hold behind any registry. */
function checkLock(): Promise<string> {
  const hosts = fs.readFileSync(path.join(root, "deno.lock"), "utf8").match(/^.*(:\/\/|\/\w+\/\w+\/main).*$/gm) ?? [];
  return Promise.resolve(hosts.map((line) => `deno.lock names a host: ${line.trim()}\n`).join(""));
}

/** The npm package has every module of the library, and types for each export. */
async function checkPackage(): Promise<string> {
  const { modules, files } = await pack();
  const sources = [...faces(), ...filesBelow("src").filter((file) => file.endsWith(".ts"))];
  const problems = sources
    .filter((file) => !modules.includes(file.replace(/\.ts$/, ".js")))
    .map((file) => `${file} is not in the npm package: no export leads to it`);
  problems.push(
    ...faces().filter((file) => !files.includes(file.replace(/\.ts$/, ".d.ts"))).map((file) => `${file} has no types in the npm package`),
  );
  problems.push(
    ...files.filter((file) => /^(tests|scripts|bench)\//.test(file)).map((file) => `${file} does not belong in the npm package`),
  );
  return problems.map((problem) => `${problem}\n`).join("");
}

const checks: Check[] = [
  denoCheck("format", "fmt", "--check"),
  denoCheck("lint and layers", "lint", "--quiet"),
  denoCheck("types", "check", "--quiet", "."),
  denoCheck("documentation", "doc", "--lint", "--quiet", ...faces()),
  { name: "examples", run: runExamples },
  denoCheck("ready for JSR", "publish", "--dry-run", "--allow-dirty", "--no-check", "--quiet"),
  { name: "lock file", run: checkLock },
  { name: "npm package", run: checkPackage },
  { name: "npm package's types", run: checkConsumer },
];

/** Most checks keep one core busy. */
const atATime = 2;

/** Runs all checks and prints them. @returns how many hold, and how many do not */
export async function runGate(): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  await mapLimited(checks, atATime, async ({ name, run }) => {
    const started = performance.now();
    const problems = await run().catch((error: Error) => error.message);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    counts[problems ? "failed" : "passed"]++;
    console.log(`${problems ? "FAIL" : "ok  "} ${name} (${seconds} s)${problems && `\n${problems.trimEnd()}`}`);
  });
  return counts;
}
