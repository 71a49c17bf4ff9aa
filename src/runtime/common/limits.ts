/** Memory limits: what enforces them, and how it shows that one was reached. @module */
import process from "node:process";
import type { ResourceLimits, RuntimeName } from "../types.ts";

type Limit = keyof ResourceLimits;

/**
 * What a thread can be limited in. Bun ignores all of it. Deno (2.9) stops a thread whose heap is full, but tells nobody of its end when that happened
 * in a handler of a message, and a stack that is used up ends the whole process.
 */
const THREAD_LIMITS: Readonly<Record<RuntimeName, readonly Limit[]>> = {
  node: ["maxOldGenerationSizeMb", "maxYoungGenerationSizeMb", "codeRangeSizeMb", "stackSizeMb"],
  deno: [],
  bun: [],
};

/** What Bun holds before a program has made anything, in megabytes (1.4.5: 220 at least). */
const BUN_ITSELF = 320;

/** The signals with which a runtime ends itself when it gets no memory: V8 SIGABRT or SIGTRAP, by its version; JavaScriptCore may run into any of them. */
const OUT_OF_MEMORY: Readonly<Record<RuntimeName, readonly number[]>> = { node: [-6, -5, -4], deno: [-5, -6, -4], bun: [-6, -5, -4, -11] };

function given(limits: ResourceLimits): Limit[] {
  return (Object.keys(limits) as Limit[]).filter((key) => limits[key] !== undefined);
}

/** @throws {TypeError} for a limit that nothing would enforce. */
export function requireLimits(kind: "process" | "thread", target: RuntimeName, limits: ResourceLimits): void {
  const known = kind === "thread"
    ? THREAD_LIMITS[target]
    : target === "bun" && process.platform !== "linux"
    ? []
    : ["maxOldGenerationSizeMb"];
  const wrong = given(limits).find((key) => !known.includes(key));
  if (wrong === undefined) return;
  throw new TypeError(
    `Cannot start a ${kind}: ${target} keeps it to no such limit on ${process.platform}, received resourceLimits.${wrong}` +
      (kind === "thread" ? '; use the start method "spawn" and maxOldGenerationSizeMb' : ""),
  );
}

/** The flags that limit a process on V8. */
export function limitFlags(target: RuntimeName, { maxOldGenerationSizeMb: heap }: ResourceLimits): string[] {
  if (heap === undefined || target === "bun") return [];
  const flag = `--max-old-space-size=${Math.max(1, Math.floor(heap))}`;
  return [target === "deno" ? `--v8-flags=${flag}` : flag];
}

/**
 * The command that limits a Bun process: a shell that sets the limit of its own data and then becomes Bun. JavaScriptCore has no limit that ends a
 * process, and `setrlimit` cannot be called from here. Only the soft limit is set, so that a child may have a higher one.
 */
export function limitedCommand(
  command: readonly string[],
  target: RuntimeName,
  { maxOldGenerationSizeMb: heap }: ResourceLimits,
): string[] {
  if (heap === undefined || target !== "bun") return [...command];
  const kilobytes = Math.floor((heap + BUN_ITSELF) * 1024);
  return ["/bin/sh", "-c", 'ulimit -S -d "$0" && exec "$@"', String(kilobytes), ...command];
}

/** Whether a process with these limits ended as its runtime does when it has no memory left. */
export function ranOutOfMemory(target: RuntimeName, limits: ResourceLimits | undefined, exitcode: number): boolean {
  return limits?.maxOldGenerationSizeMb !== undefined && OUT_OF_MEMORY[target].includes(exitcode);
}
