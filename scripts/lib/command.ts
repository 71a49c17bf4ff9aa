/** Commands that are run to their end, with their output. */
import { spawn } from "node:child_process";
import { root } from "./project.ts";

/** How a command ended. */
export interface CommandResult {
  ok: boolean;
  /** What it wrote to stdout. */
  stdout: string;
  /** What it wrote to stdout and stderr, in order of arrival. */
  output: string;
}

/** Options of {@linkcode command}. */
export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
}

/** This environment without colours, and without what `npx` and `deno task` told the processes they started. */
export function plainEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|FORCE_COLOR$|NODE_TEST_CONTEXT$|INIT_CWD$)/.test(name));
  return { ...Object.fromEntries(kept) as Record<string, string>, NO_COLOR: "1" };
}

/** Runs a command to its end and collects its output. A command that does not exist is a result that is not `ok`. */
export function command(file: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd ?? root,
      env: { ...plainEnvironment(), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text, output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => output += text);
    child.on("error", (error) => resolve({ ok: false, stdout, output: `${output}Cannot run ${file}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ ok: code === 0, stdout, output }));
  });
}

/** Runs a command that must succeed. @throws with its output when it does not */
export async function must(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  const result = await command(file, args, options);
  if (!result.ok) throw new Error(`Cannot ${[file, ...args].join(" ")}:\n${result.output.trimEnd()}`);
  return result.stdout;
}

/** Calls `work` for each item, at most `limit` at a time; results in the order of the items. */
export async function mapLimited<T, R>(items: T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
