/** The flags of a Deno child that may do only some things, and what this library needs in it. @module */
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Address, Permissions, RuntimeName } from "../types.ts";
import { node } from "./builtins.ts";
import { LAUNCH_KEY } from "./launch.ts";

const NAMES = ["read", "write", "net", "env", "sys", "run", "ffi", "import"] as const;
const PATHS: ReadonlySet<string> = new Set(["read", "write", "run", "ffi"]);

/** What a child needs beside what it is granted. */
export interface Needs {
  /** The module that it runs. */
  entry: URL;
  /** Modules of the program. */
  modules: readonly string[];
  /** The private folder of this program's sockets. */
  folder: string;
  /** Sockets at which others listen, or it. */
  sockets: readonly Address[];
}

/** @throws {TypeError} when permissions are asked for where nothing would refuse anything. */
export function requireDeno(target: RuntimeName, execArgv: readonly string[] | undefined): void {
  if (target !== "deno") {
    throw new TypeError(`Cannot start a process: permissions are Deno's, use { runtime: "deno" }, received permissions for ${target}`);
  }
  const flag = execArgv?.find((word) => /^(-A|-[RWNESIP]\b|--(allow|deny|ignore|permission))/.test(word));
  if (flag !== undefined) {
    throw new TypeError(`Cannot start a process: with permissions, execArgv may not grant or refuse anything itself, received ${flag}`);
  }
}

/** The flags. */
export function permissionFlags(permissions: Permissions, needs: Needs): string[] {
  const own = necessities(needs);
  const flags = NAMES.flatMap((name) => {
    const asked = permissions[name] ?? false;
    if (asked === true) return [`--allow-${name}`];
    const list = new Set([...asked === false ? [] : asked.map((word) => wordOf(name, word)), ...own[name] ?? []]);
    // Each in a word of its own: the system limits the length of a word.
    return [...list].map((word) => `--allow-${name}=${whole(word)}`);
  });
  const { import: hosts = false } = permissions;
  if (hosts === true || hosts !== false && hosts.length > 0) return flags;
  // Deno's own default lets a program import from some hosts, and from npm.
  if (needs.entry.protocol === "file:") flags.push("--deny-import");
  return [...flags, "--cached-only"];
}

/**
 * What this library itself does in a child: it imports the modules of functions, leaves a mark in the folder of the program's sockets, talks to the
 * rest of the program, and reads what it is to do. (Its own modules come with the entry, but a module that imports them once more needs them too.)
 */
function necessities({ entry, modules, folder, sockets }: Needs): Partial<Record<(typeof NAMES)[number], string[]>> {
  const library = libraryFiles(entry);
  const files = [entry.href, ...modules].filter((url) => url.startsWith("file:")).map((url) => fileURLToPath(url));
  return {
    read: [folder, ...library, ...files.filter((file) => !library.some((known) => file.startsWith(known + path.sep)))],
    write: [folder],
    net: sockets.flatMap((address) => "path" in address ? [`unix:${address.path}`] : [`${address.host}:${address.port}`]),
    env: [LAUNCH_KEY],
    import: entry.protocol === "file:" ? [] : [entry.host],
  };
}

/** The folder of the library's modules, and its faces beside that. */
function libraryFiles(entry: URL): string[] {
  if (entry.protocol !== "file:") return [];
  const root = path.dirname(fileURLToPath(entry));
  const src = path.join(root, "src", "runtime");
  if (!node.fs.existsSync(src)) return [];
  const faces = node.fs.readdirSync(root).filter((name) => /\.[jt]s$/.test(name)).map((name) => path.join(root, name));
  return [path.join(root, "src"), ...faces];
}

/** Deno takes a comma for the end of a path, and would grant two others: https://github.com/denoland/deno/issues/32010 */
function whole(word: string): string {
  if (!word.includes(",")) return word;
  throw new TypeError(`Cannot start a process: Deno cannot be told a permission with a comma in it, received ${word}`);
}

function wordOf(name: string, word: string | URL): string {
  if (word instanceof URL || PATHS.has(name) && word.startsWith("file:")) return fileURLToPath(word);
  // A program may be named without its folder, and is then looked for on PATH.
  const isPath = PATHS.has(name) && (name !== "run" || /[\\/]/.test(word));
  return isPath ? path.resolve(word) : word;
}
