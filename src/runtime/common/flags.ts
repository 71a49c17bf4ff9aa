/** The command line of a child: which executable, which flags. @module */
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { node } from "./builtins.ts";
import { envelope } from "./launch.ts";

/** Flags that say what a program is, or that only one process can have. The rest is right for a child too. */
const NOT_FOR_CHILDREN =
  /^(-e|-p|-pe|-i|-c|-|--)$|^--(test|inspect|eval|print|input-type|watch|hot|stack-trace|check$|interactive|run$|build-snapshot|experimental-sea-config|coverage|timeout|bail|rerun-each|todo|only|reporter|update-snapshots)/;

function isForChildren(flag: string): boolean {
  return !NOT_FOR_CHILDREN.test(flag);
}

const FILE_FLAGS = new Set(["--env-file", "--env-file-if-exists"]);
/** With `true`: what Node takes for a URL, so that a path with `#` in it would be cut off. Bun takes all for paths. */
const MODULE_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["-r", false],
  ["--require", false],
  ["--preload", false],
  ["--import", true],
  ["--loader", true],
  ["--experimental-loader", true],
]);

/** The value of a flag as a child in another folder can be told it. */
function valueAnywhere(name: string, value: string): string {
  // Bun takes several files in one value.
  if (FILE_FLAGS.has(name)) return value.includes(",") ? value : path.resolve(value);
  const takesUrl = MODULE_FLAGS.get(name);
  // Without a dot it is a package.
  if (takesUrl === undefined || !/^\.{1,2}\//.test(value)) return value;
  return takesUrl && process.versions.bun === undefined
    ? new URL(value, pathToFileURL(process.cwd() + path.sep)).href
    : path.resolve(value);
}

/** A flag and the words of its value. */
function anywhere([flag, ...words]: string[]): string[] {
  const [name, inline] = split(flag!);
  return [inline === undefined ? flag! : `${name}=${valueAnywhere(name, inline)}`, ...words.map((word) => valueAnywhere(name, word))];
}

/** The flags of a Node or Bun process that its children should have, with their values. Relative paths are taken from the folder in which this is called. */
export function inheritedFlags(execArgv: readonly string[], isKept: (flag: string) => boolean = isForChildren): string[] {
  const kept: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const flag = execArgv[i]!;
    // A word without a dash is the value of the flag before it; it shares that one's fate.
    let end = i + 1;
    while (end < execArgv.length && !execArgv[end]!.startsWith("-")) end++;
    if (flag.startsWith("-") && isKept(flag)) kept.push(...anywhere(execArgv.slice(i, end)));
    i = end - 1;
  }
  return kept;
}

/** Deno's flags that decide how modules are found and run; those with `true` take a value, in the same word or the next. */
const DENO_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["--config", true],
  ["-c", true],
  ["--no-config", false],
  ["--import-map", true],
  ["--lock", false],
  ["--no-lock", false],
  ["--frozen", false],
  ["--node-modules-dir", false],
  ["--node-modules-linker", true],
  ["--vendor", false],
  ["--cached-only", false],
  ["--no-remote", false],
  ["--no-npm", false],
  ["--cert", true],
  ["--location", true],
  ["--conditions", true],
  ["--preload", true],
  ["--import", true],
  ["--require", true],
  ["--v8-flags", false],
  ["--unsafely-ignore-certificate-errors", false],
]);
const DENO_PATH_FLAGS = new Set(["--config", "-c", "--import-map", "--cert", "--lock"]);
/** Their value may also be a name or a URL. */
const DENO_MODULE_FLAGS = new Set(["--preload", "--import", "--require"]);
const DENO_COMMANDS = new Set(["run", "test", "serve", "bench"]);

/** Flags that children do not get, and whose value is the next word. */
const DENO_FLAGS_OF_PROGRAM = new Set([
  "-L",
  "--log-level",
  "--ext",
  "--seed",
  "--min-dep-age",
  "--minimum-dependency-age",
  "--inspect-publish-uid",
]);

function denoFlagsOf(commandLine: readonly string[], folder: string): string[] {
  const kept: string[] = [];
  let commanded = false;
  for (let i = 1; i < commandLine.length; i++) {
    const word = commandLine[i]!;
    if (!word.startsWith("-")) {
      // Some flags may stand before the command: `deno --quiet run`. Any other word is the program; what follows belongs to it.
      if (commanded || !DENO_COMMANDS.has(word)) break;
      commanded = true;
      continue;
    }
    const [name, inline] = split(word);
    const takesValue = DENO_FLAGS.get(name);
    if (takesValue === undefined && !name.startsWith("--unstable")) {
      if (inline === undefined && DENO_FLAGS_OF_PROGRAM.has(name)) i++;
      continue;
    }
    const value = inline ?? (takesValue ? commandLine[++i] : undefined);
    if (value === undefined) kept.push(name);
    else kept.push(`${name === "-c" ? "--config" : name}=${valueFrom(folder, name, value)}`);
  }
  return kept;
}

function valueFrom(folder: string, name: string, value: string): string {
  const file = path.resolve(folder, value);
  const isFile = DENO_PATH_FLAGS.has(name) ? value !== "" : DENO_MODULE_FLAGS.has(name) && node.fs.existsSync(file);
  return isFile ? file : value;
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** Deno does not tell a program its flags, so they are read where the system shows them (Linux). */
function denoCommandLine(): string[] {
  try {
    return node.fs.readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(0, -1);
  } catch {
    return []; // Another system, or no permission: the configuration is looked for below.
  }
}

/** The configuration that Deno found for the program: by the entry module's folder, or the working folder, upwards. */
function denoConfig(program: string | null): string | null {
  let folder = program?.startsWith("file:") ? path.dirname(fileURLToPath(program)) : process.cwd();
  for (;;) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const file = path.join(folder, name);
      if (node.fs.existsSync(file)) return file;
    }
    const parent = path.dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

/** The flags of a Deno child of a process that is not Deno. */
export function foreignDenoFlags(program: string | null): string[] {
  const config = denoConfig(program);
  return config === null ? [] : [`--config=${config}`];
}

let denoInherited: string[] | undefined;

/**
 * The flags that a Deno child of this Deno process needs so that the user's modules resolve as they do here.
 *
 * @param folder The one in which the program began: where relative paths start.
 */
export function denoFlags(program: string | null, folder: string): string[] {
  if (denoInherited) return denoInherited;
  const told = envelope()?.flags;
  if (told && told.length > 0) return denoInherited = told;
  const flags = denoFlagsOf(denoCommandLine(), folder);
  const config = flags.some((flag) => /^--(no-)?config/.test(flag)) ? null : denoConfig(program);
  if (config !== null) flags.push(`--config=${config}`);
  return denoInherited = flags;
}
