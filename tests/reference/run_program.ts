// Runs a fixture as a program of its own, under the runtime of the test.
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const flags = process.versions.deno !== undefined ? ["run", "-A", "--no-check"] : ["--no-warnings"];
const runtimeFlags = process.versions.bun !== undefined ? [] : flags;

/** Its standard output; rejects when it fails. */
export async function runProgram(url: URL, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [...runtimeFlags, fileURLToPath(url), ...args], { timeout: 60_000 })).stdout;
}

/** Its standard output as JSON. */
export async function runForJson<T>(url: URL, ...args: string[]): Promise<T> {
  return JSON.parse(await runProgram(url, ...args)) as T;
}
