/** The runtimes that the tests run on, and how they come here. */
import fs from "node:fs";
import path from "node:path";
import { UsageError } from "./cli.ts";
import { command, must } from "./command.ts";
import { runtimesFolder } from "./project.ts";

/** The versions from npm. Deno is the one that runs this script; Node 20 is the machine's own where it is one. */
const pinned: Record<string, string> = {
  "bun": "1.4.5",
  "node@20": "20.20.2",
  "node@22": "22.23.3",
  "node@24": "24.21.0",
  "node@26": "26.10.0",
};

/** The bundler of the tests about bundles. */
const esbuild = "0.28.2";

/** The names of all runtimes, in the order of the tests. */
export const runtimeNames = ["deno", ...Object.keys(pinned)];

/** Reads a list such as `deno,node@22`; the result is in the order of {@linkcode runtimeNames}. @throws {UsageError} for a name that is none of them */
export function readRuntimeNames(list: string): string[] {
  const wanted = list.split(",");
  const unknown = wanted.find((name) => !runtimeNames.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown runtime ${JSON.stringify(unknown)} (runtimes: ${runtimeNames.join(", ")})`);
  return runtimeNames.filter((name) => wanted.includes(name));
}

/** A runtime on this machine. */
export interface Runtime {
  /** One of {@linkcode runtimeNames}. */
  name: string;
  /** Its version, as it says itself. */
  version: string;
  /** The program. */
  path: string;
}

async function versionOf(file: string): Promise<string | null> {
  const { ok, stdout } = await command(file, ["--version"]);
  return ok ? stdout.trim().replace(/^v/, "") : null;
}

/**
 * Installs a program from npm into a folder of its own, which stays for the next run.
 *
 * @param packageName The npm package
 * @param version Its version
 * @param bin The program's name
 * @returns the program's path
 */
export async function fromNpm(packageName: string, version: string, bin = packageName): Promise<string> {
  const folder = path.join(runtimesFolder, `${packageName}@${version}`);
  const program = path.join(folder, "node_modules", ".bin", bin);
  if (fs.existsSync(program)) return program;
  fs.mkdirSync(runtimesFolder, { recursive: true });
  // Installed aside and renamed: an interrupted installation is never taken for a whole one.
  const aside = fs.mkdtempSync(path.join(runtimesFolder, "installing-"));
  try {
    fs.writeFileSync(path.join(aside, "package.json"), JSON.stringify({ private: true, allowScripts: { [packageName]: true } }));
    await must("npm", ["install", "--prefix", aside, "--no-audit", "--no-fund", "--loglevel=error", `${packageName}@${version}`], {
      cwd: aside,
    });
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(aside, folder);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
  return program;
}

/** The program of an installed version, or `null`. */
function installed(name: string): string | null {
  const packageName = name.replace(/@.*/, "");
  return installedTool(packageName, pinned[name]!);
}

/** Installs what tests run besides the runtimes. */
export async function provideTools(): Promise<void> {
  await fromNpm("esbuild", esbuild);
}

/** The program of a tool from npm, or `null`. */
function installedTool(name: string, version: string): string | null {
  const program = path.join(runtimesFolder, `${name}@${version}`, "node_modules", ".bin", name);
  return fs.existsSync(program) ? program : null;
}

/**
 * Fills a folder for the tests' `PATH`, which has the runtimes which are here: `deno`, `bun`, `node` (one that runs TypeScript), and the tools.
 *
 * @param folder Where
 */
export function linkRuntimes(folder: string): void {
  const programs = {
    deno: Deno.execPath(),
    bun: installed("bun"),
    node: installed("node@24") ?? installed("node@22") ?? installed("node@26"),
    esbuild: installedTool("esbuild", esbuild),
  };
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, program] of Object.entries(programs)) {
    if (program !== null) link(path.join(folder, name), program);
    else fs.rmSync(path.join(folder, name), { force: true });
  }
}

/** Makes or mends a symbolic link; other runs may be using it meanwhile. */
function link(file: string, target: string): void {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() && fs.readlinkSync(file) === target) return;
  const aside = `${file}.${process.pid}`;
  fs.symlinkSync(target, aside);
  fs.renameSync(aside, file);
}

/** Finds a runtime, installing it where it is missing. @throws when it cannot be installed or does not run */
export async function provideRuntime(name: string): Promise<Runtime> {
  if (name === "deno") return { name, version: Deno.version.deno, path: Deno.execPath() };
  if (name === "node@20") {
    const version = await versionOf("node");
    // By its full path: on the tests' own PATH `node` is another version.
    if (version?.startsWith("20.")) return { name, version, path: (await must("node", ["-p", "process.execPath"])).trim() };
  }
  const file = await fromNpm(name.replace(/@.*/, ""), pinned[name]!);
  const version = await versionOf(file);
  if (version === null) throw new Error(`Cannot use ${name}: ${file} does not run; remove ${runtimesFolder} and try again`);
  return { name, version, path: file };
}
