/** The command line of the demo. @module */
import { readOptions, UsageError } from "../lib/cli.ts";

/** The three runtimes that can do the job. */
export const runtimeNames = ["deno", "bun", "node"] as const;

/** One of the three runtimes. */
export type RuntimeName = (typeof runtimeNames)[number];

/** The start methods that the demo offers. */
export const methodNames = ["spawn", "thread"] as const;

/** What the user asked for. */
export interface DemoOptions {
  /** The folder to count; `null`: this project with its dependencies. */
  folder: string | null;
  /** The size of the pool; `null`: one for each CPU. */
  processes: number | null;
  method: (typeof methodNames)[number];
  /** The runtime to run on; `null`: the running one. */
  runtime: RuntimeName | null;
  /** The whole result as JSON instead of the text report. */
  json: boolean;
  help: boolean;
}

/** The text of `--help`. */
export const usage = `Usage: deno task demo [options] [folder]

A census of a folder's text files in a Pool. Default folder: this project with its installed dependencies.

  --processes N             size of the pool (default: one for each CPU)
  --method spawn|thread     processes (default) or worker threads
  --runtime deno|bun|node   run the same job on another runtime
  --json                    print the whole result, with every file, as JSON
  --help                    print this text`;

const known = {
  processes: { type: "string" },
  method: { type: "string" },
  runtime: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

const mostProcesses = 256;

/** Reads the arguments. @throws {UsageError} for an option or a value that does not exist. */
export function parseOptions(args: string[]): DemoOptions {
  const { values, positionals } = readOptions(args, known, 1);
  return {
    folder: positionals[0] ?? null,
    processes: values.processes === undefined ? null : processCount(values.processes),
    method: values.method === undefined ? "spawn" : oneOf("--method", methodNames, values.method),
    runtime: values.runtime === undefined ? null : oneOf("--runtime", runtimeNames, values.runtime),
    json: values.json === true,
    help: values.help === true,
  };
}

function processCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= mostProcesses) return count;
  throw new UsageError(`--processes must be a whole number from 1 to ${mostProcesses}, received ${text}`);
}

function oneOf<T extends string>(option: string, choices: readonly T[], text: string): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`${option} must be one of ${choices.join(", ")}, received ${text}`);
}
