/** The npm package, and the tests laid out inside it for the runtimes whose users import it: Bun and Node. */
import fs from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { bundle, writeAll } from "./bundle.ts";
import { must } from "./command.ts";
import { buildFolder, filesBelow, readConfig, root } from "./project.ts";

/** The npm package as `npm publish` would send it. */
export const tarball = path.join(buildFolder, "package.tgz");

/** The package as it is after `npm install`, with the tests inside, so that their relative imports and the package's own name resolve to it. */
export const installedFolder = path.join(buildFolder, "installed");

/** What of the repository is laid out beside the packed modules. */
const laidOut = ["tests", "docs", "scripts"];

/** The package before it is packed; `package` is the name that npm wants in a tarball. */
const packageFolder = path.join(buildFolder, "package");

/** The package before its modules are few files: about what JSR makes of the sources for Bun and Node. */
const modulesFolder = path.join(buildFolder, "modules");

/** What tests import in place of the modules that are one file in the package. */
const facadesFolder = path.join(buildFolder, "facades");

/** What is in the package. */
export interface Packed {
  /** The modules that are in its one file or beside it, as paths of JavaScript files. */
  modules: string[];
  /** Its files, as paths in it. */
  files: string[];
}

/** What users may install beside the package, by hand: it is looked for at run time. */
const optionalPeers = ["koffi"];

let packed: Promise<Packed> | null = null;

/** Packs the library, once for everybody who asks. */
export function pack(): Promise<Packed> {
  return packed ??= makePackage();
}

async function makePackage(): Promise<Packed> {
  for (const folder of [packageFolder, modulesFolder, facadesFolder]) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }
  // No source maps: they name this machine's folders.
  await must(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", tarball]);
  await must("tar", ["xzf", tarball, "-C", buildFolder]);
  fs.cpSync(packageFolder, modulesFolder, { recursive: true });
  const modules = filesBelow(".", packageFolder).filter((file) => file.endsWith(".js"));
  const bundled = await bundle(packageFolder, Object.keys(readConfig().imports));
  for (const file of modules) fs.rmSync(path.join(packageFolder, file));
  writeAll(packageFolder, bundled.package);
  writeAll(facadesFolder, bundled.facades);
  nameDependencies(bundled.dependencies);
  await must("tar", ["czf", tarball, "-C", buildFolder, "package"]);
  return { modules, files: filesBelow(".", packageFolder) };
}

interface PackageJson {
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, unknown>;
}

function readPackage(folder: string): PackageJson {
  return JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
}

/** Names what the package imports, and its optional peers, with the versions that this repository is tested with. */
function nameDependencies(names: string[]): void {
  const { imports } = readConfig();
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, imports[name]!.slice(`npm:${name}@`.length)]));
  const dependencies: PackageJson = {
    dependencies: versions(names),
    peerDependencies: versions(optionalPeers),
    peerDependenciesMeta: Object.fromEntries(optionalPeers.map((name) => [name, { optional: true }])),
  };
  fs.writeFileSync(path.join(packageFolder, "package.json"), JSON.stringify({ ...readPackage(packageFolder), ...dependencies }, null, 2));
}

/**
 * Removes the types from a module and makes its relative `.ts` specifiers `.js`: those of imports, of `import()`, of `new URL("./x.ts", …)`
 * and of every other text that is a relative path to a TypeScript file.
 */
export function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(/(["'`])(\.{1,2}\/[^"'`\n]*)\.ts\1/g, "$1$2.js$1");
}

function layOut(file: string): void {
  const target = path.join(installedFolder, file.replace(/\.ts$/, ".js"));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!file.endsWith(".ts")) return fs.copyFileSync(path.join(root, file), target);
  try {
    fs.writeFileSync(target, toJavaScript(fs.readFileSync(path.join(root, file), "utf8")));
  } catch (error) {
    throw new Error(`Cannot remove the types of ${file}: ${(error as Error).message}`);
  }
}

/** Installs the package's dependencies, and what tests and scripts import besides, unless they are there already. */
async function installDependencies(): Promise<void> {
  // npm does not install what the package itself names as an optional peer.
  const { peerDependencies: _, peerDependenciesMeta: __, ...laid } = readPackage(installedFolder);
  fs.writeFileSync(path.join(installedFolder, "package.json"), JSON.stringify(laid, null, 2));
  const { dependencies = {} } = laid;
  const extra = Object.entries(readConfig().imports)
    .filter(([name]) => !name.startsWith("@types/") && !(name in dependencies))
    .map(([, specifier]) => specifier.replace(/^npm:/, ""));
  const wanted = JSON.stringify({ dependencies, extra });
  const stamp = path.join(installedFolder, "node_modules", ".installed");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  await must("npm", ["install", "--prefix", installedFolder, ...quiet, ...extra], { cwd: installedFolder });
  fs.writeFileSync(stamp, wanted);
}

/** Lays out the packed package with the tests inside it, ready to run on Bun and Node. {@linkcode pack} comes first. */
export async function layOutTests(): Promise<void> {
  fs.mkdirSync(installedFolder, { recursive: true });
  for (const name of fs.readdirSync(installedFolder)) {
    if (name !== "node_modules") fs.rmSync(path.join(installedFolder, name), { recursive: true });
  }
  await must("tar", ["xzf", tarball, "--strip-components=1", "-C", installedFolder]);
  fs.cpSync(facadesFolder, installedFolder, { recursive: true });
  for (const file of laidOut.flatMap((folder) => filesBelow(folder))) layOut(file);
  // Or Bun reads the project's, where the package's name stands for the sources.
  fs.writeFileSync(path.join(installedFolder, "tsconfig.json"), "{}\n");
  await installDependencies();
}
