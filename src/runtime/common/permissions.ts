/** What the running program may do: Deno's permissions and Node's. @module */
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";

/** What Deno can be asked about. */
interface Descriptor {
  name: "env" | "ffi" | "net" | "read" | "run" | "write";
  path?: string;
  variable?: string;
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

/** Whether this program may start executables. */
export function mayRun(): boolean {
  return isGranted({ name: "run" }) && isAllowed("child");
}

/** A flag, and whether this program has what it grants. */
type Need = [flag: string, given: boolean];

/** What to do about missing flags. On Deno the program may be a child whose creator said what it may do. */
export function howToGrant(flags: string): string {
  const keys = flags.replaceAll("--allow-", "").split(" ").map((key) => `${key}: true`).join(", ");
  return `Start it with ${flags}${"Deno" in globalThis ? `; a child that is given permissions needs { ${keys} } in them` : ""}`;
}

/** @throws {ProcessError} when something is not given; the error names the flags. */
function requireAll(verb: string, needs: readonly Need[]): void {
  const missing = needs.filter(([, given]) => !given).map(([flag]) => flag).join(" ");
  if (missing === "") return;
  throw new ProcessError(`Cannot ${verb}: this program lacks permissions, received none of ${missing}\n${howToGrant(missing)}`);
}

/** The folder of this program's sockets when it is there, and where it would be made; that is looked up in the environment. */
export interface SocketPlace {
  folder: string | null;
  placeOfFolder(): string;
}

function forSockets({ folder, placeOfFolder }: SocketPlace): Need[] {
  const mayReadEnv = isGranted({ name: "env" });
  const path = folder ?? (mayReadEnv ? placeOfFolder() : undefined);
  return [
    ["--allow-env", folder !== null || mayReadEnv],
    ["--allow-read", isGranted({ name: "read", path })],
    ["--allow-write", isGranted({ name: "write", path })],
  ];
}

/** @throws {ProcessError} when this program may not have a folder for sockets. */
export function requireSockets(place: SocketPlace): void {
  requireAll("make a folder for sockets", forSockets(place));
}

/** Whether this program may have a folder for sockets. */
export function mayHaveSockets(place: SocketPlace): boolean {
  return forSockets(place).every(([, given]) => given);
}

/** @throws {ProcessError} when this program lacks what it takes to start a thread of a module. */
export function requireThread(file: string | null, place: SocketPlace): void {
  const readsModule = file === null || isGranted({ name: "read", path: file });
  const needs = forSockets(place).map(([flag, given]): Need => [flag, given && (flag !== "--allow-read" || readsModule)]);
  requireAll("start a thread", [["--allow-worker", isAllowed("worker")], ...needs]);
}

/** @throws {ProcessError} when this program lacks what it takes to start a process. */
export function requireProcess(place: SocketPlace): void {
  requireAll("start a process", [
    ["--allow-child-process", isAllowed("child")],
    // For every program: Deno lets nobody send signals who may only run some.
    ["--allow-run", isGranted({ name: "run" })],
    // The child gets a copy of all of it.
    ["--allow-env", isGranted({ name: "env" })],
    ...forSockets(place).slice(1),
    // A socket's name is not known before it listens, and Deno grants no folder of sockets.
    ["--allow-net", isGranted({ name: "net" })],
  ]);
}
