/** What the running program may do: Deno's permissions and Node's. @module */
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";

/** What Deno can be asked about. */
interface Descriptor {
  name: "env" | "net" | "read" | "run" | "write";
  path?: string;
  variable?: string;
  command?: string;
}

interface DenoPermissions {
  querySync(descriptor: Descriptor): { state: string };
}

interface NodePermissions {
  has(scope: string): boolean;
}

/** Whether this program has one of Deno's permissions, without asking the user; `true` on the other runtimes. */
export function isGranted(descriptor: Descriptor): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: DenoPermissions } };
  return Deno === undefined || Deno.permissions.querySync(descriptor).state === "granted";
}

/** Whether this program has one of Node's permissions: it has all unless it was started with `--permission`. */
function isAllowed(scope: string): boolean {
  const { permission } = process as { permission?: NodePermissions };
  return permission === undefined || permission.has(scope);
}

/** What it takes to start a child, by the flag that grants it. */
function needs(kind: "process" | "thread", entry: string | null, execPath: string, folder: () => string): [flag: string, given: boolean][] {
  const env: [string, boolean] = ["--allow-env", isGranted({ name: "env" })];
  if (kind === "thread") {
    return [
      ["--allow-worker", isAllowed("worker")],
      ["--allow-read", entry === null || isGranted({ name: "read", path: entry })],
    ];
  }
  // The folder is looked up in the environment.
  const path = env[1] ? folder() : undefined;
  return [
    ["--allow-child-process", isAllowed("child")],
    ["--allow-run", isGranted({ name: "run", command: execPath })],
    env,
    ["--allow-read", isGranted({ name: "read", path })],
    ["--allow-write", isGranted({ name: "write", path })],
    // A socket's name is not known before it listens, and Deno grants no folder of sockets.
    ["--allow-net", isGranted({ name: "net" })],
  ];
}

/** @throws {ProcessError} when this program lacks what it takes to start a child; the error names the flags. */
export function requirePermissions(...about: Parameters<typeof needs>): void {
  const missing = needs(...about).filter(([, given]) => !given).map(([flag]) => flag);
  if (missing.length === 0) return;
  throw new ProcessError(
    `Cannot start a ${about[0]}: this program lacks permissions, received none of ${missing.join(", ")}\nStart it with ${
      missing.join(" ")
    }`,
  );
}
