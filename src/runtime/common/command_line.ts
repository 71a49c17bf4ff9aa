/** The command of a subprocess: which executable, which flags, which program. @module */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ProcessError } from "../../base/errors.ts";
import type { RuntimeName, SubprocessOptions } from "../types.ts";
import { foreignDenoFlags } from "./flags.ts";
import { type Needs, permissionFlags } from "./grants.ts";
import { limitedCommand, limitFlags } from "./limits.ts";
import { packaging } from "./packaging.ts";

/** What the running runtime knows about starting another process of itself. */
export interface SpawnTraits {
  name: RuntimeName;
  /** The flags of this process that a child of the same runtime should have. */
  ownFlags(): string[];
}

/** A command, and the flags in it that the child's own children should have. */
export interface Command {
  words: string[];
  flags: string[];
}

/** The executable of a runtime. */
export function executableOf(options: Pick<SubprocessOptions, "runtime" | "execPath">, own: RuntimeName): string {
  const target = options.runtime ?? own;
  return options.execPath ?? (target === own ? process.execPath : target);
}

/** The command for a child of a program that is made of modules, or of one. */
export function commandFor(options: SubprocessOptions, needs: Needs, program: string | null, own: SpawnTraits): Command {
  const target = options.runtime ?? own.name;
  const execPath = executableOf(options, own.name);
  const limits = options.resourceLimits ?? {};
  if (packaging === "executable" && options.entry === undefined) {
    requireSelf(options, own.name);
    return { words: limitedCommand([execPath], target, limits), flags: [] };
  }
  const inherited = target === own.name ? own.ownFlags() : target === "deno" ? foreignDenoFlags(program) : [];
  const flags = [...options.execArgv ?? inherited, ...limitFlags(target, limits)];
  const granted = options.permissions === undefined ? ["-A"] : permissionFlags(options.permissions, needs);
  const module = needs.entry.protocol === "file:" ? fileURLToPath(needs.entry) : needs.entry.href;
  const words = target === "deno" ? [execPath, "run", ...granted, "--no-prompt", ...flags, module] : [execPath, ...flags, module];
  return {
    words: limitedCommand(words, target, limits),
    flags: target === own.name ? [...inherited, ...limitFlags(target, limits)] : inherited,
  };
}

/** An executable has its runtime and its flags in it. */
function requireSelf(options: SubprocessOptions, own: RuntimeName): void {
  const { runtime, execPath, execArgv, permissions, resourceLimits } = options;
  const wrong = Object.entries({
    runtime: runtime !== undefined && runtime !== own,
    execPath: execPath !== undefined,
    execArgv: execArgv !== undefined,
    permissions: permissions !== undefined,
    resourceLimits: resourceLimits?.maxOldGenerationSizeMb !== undefined && own !== "bun",
  }).find(([, given]) => given);
  if (wrong === undefined) return;
  throw new ProcessError(`Cannot start a process: a child of this executable is the same executable, received ${wrong[0]}`);
}
