/** The npm package, and the tests laid out inside it for Node. */
import fs from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { must } from "./command.ts";
import { buildFolder, filesBelow, readConfig, root } from "./project.ts";

/** The npm package as `npm publish` would send it. */
export const tarball = path.join(buildFolder, "package.tgz");

/** The package as it is after `npm install`, with the tests inside, so that their relative imports and the package's own name resolve to it. */
export const nodeFolder = path.join(buildFolder, "node");

/** What of the repository is laid out beside the packed modules. */
const laidOut = ["tests", "docs/examples", "scripts"];

/** What users may install beside the package, by hand. `deno pack` writes down only what a module imports, and this one is looked for at run time. */
const optionalPeers = ["koffi"];

/** Packs the library. @returns the files in the package, as paths in it */
export async function pack(): Promise<string[]> {
  fs.mkdirSync(buildFolder, { recursive: true });
  // No source maps: they name this machine's folders.
  await must(Deno.execPath(), ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", tarball]);
  await namePeers();
  const list = await must("tar", ["tzf", tarball]);
  return list.trim().split("\n").map((name) => name.replace(/^package\//, "")).sort();
}

/** Names the optional peers in the tarball, with the versions that this repository is tested with. */
async function namePeers(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(buildFolder, "peers-"));
  try {
    await must("tar", ["xzf", tarball, "-C", folder]);
    const file = path.join(folder, "package", "package.json");
    const { imports } = readConfig();
    const versions = optionalPeers.map((name) => [name, imports[name]!.slice(`npm:${name}@`.length)]);
    const peers = {
      peerDependencies: Object.fromEntries(versions),
      peerDependenciesMeta: Object.fromEntries(optionalPeers.map((name) => [name, { optional: true }])),
    };
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, "utf8")), ...peers }, null, 2));
    await must("tar", ["czf", tarball, "-C", folder, "package"]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/**
 * Removes the types from a module and makes its relative `.ts` specifiers `.js`: those of imports, of `import()`, of `new URL("./x.ts", …)`
 * and of every other text that is a relative path to a TypeScript file.
 */
export function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(/(["'`])(\.{1,2}\/[^"'`\n]*)\.ts\1/g, "$1$2.js$1");
}

function layOut(file: string): void {
  const target = path.join(nodeFolder, file.replace(/\.ts$/, ".js"));
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
  const { dependencies = {} } = JSON.parse(fs.readFileSync(path.join(nodeFolder, "package.json"), "utf8"));
  const extra = Object.entries(readConfig().imports)
    .filter(([name]) => !name.startsWith("@types/") && !(name in dependencies))
    .map(([, specifier]) => specifier.replace(/^npm:/, ""));
  const wanted = JSON.stringify({ dependencies, extra });
  const stamp = path.join(nodeFolder, "node_modules", ".installed");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  await must("npm", ["install", "--prefix", nodeFolder, ...quiet, ...extra], { cwd: nodeFolder });
  fs.writeFileSync(stamp, wanted);
}

/** Lays out the packed package with the tests inside it, ready to run on Node. {@linkcode pack} comes first. */
export async function layOutForNode(): Promise<void> {
  fs.mkdirSync(nodeFolder, { recursive: true });
  for (const name of fs.readdirSync(nodeFolder)) {
    if (name !== "node_modules") fs.rmSync(path.join(nodeFolder, name), { recursive: true });
  }
  await must("tar", ["xzf", tarball, "--strip-components=1", "-C", nodeFolder]);
  for (const file of laidOut.flatMap((folder) => filesBelow(folder))) layOut(file);
  await installDependencies();
}
