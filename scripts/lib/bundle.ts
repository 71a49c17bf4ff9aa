/** The npm package's modules in few files: a runtime needs a millisecond for each one that it loads. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { filesBelow } from "./project.ts";
import { fromNpm } from "./runtimes.ts";

const version = "4.68.7";

/** The library, as `src/base/library.ts` knows it. */
const chunk = "src/fenshen";

/** What is loaded with the first manager, and with the faces that need it. */
const managersChunk = "src/fenshen_managers";
const facesOfManagers = ["managers.js", "connection.js"];
const ofManagers = /\/src\/(managers\/|context\/(shared_memory_)?manager\.js$)/;

/** What rollup knows of a module. */
interface Imports {
  importedIds: readonly string[];
  dynamicallyImportedIds: readonly string[];
}

/**
 * The modules that stand in the library's first file: all that a program and its children can load without a manager.
 *
 * @param entries The faces with which they begin. @param importsOf What a module imports.
 */
function withoutManagers(entries: readonly string[], importsOf: (id: string) => Imports): Set<string> {
  const found = new Set<string>();
  const visit = (id: string) => {
    if (found.has(id)) return;
    found.add(id);
    const { importedIds, dynamicallyImportedIds } = importsOf(id);
    importedIds.forEach(visit);
    dynamicallyImportedIds.filter((imported) => !ofManagers.test(imported)).forEach(visit);
  };
  entries.forEach(visit);
  return found;
}

/** What is used of rollup. */
interface Rollup {
  rollup(options: unknown): Promise<{
    generate(options: unknown): Promise<{ output: { fileName: string; code: string; imports: string[]; dynamicImports: string[] }[] }>;
    close(): Promise<void>;
  }>;
}

async function loadRollup(): Promise<Rollup> {
  const program = await fromNpm("rollup", version);
  return createRequire(import.meta.url)(path.join(path.dirname(program), "../rollup"));
}

const FACADE = "\0facade:";

/** Stands for a module of the library from outside, so that the module itself may move into the one file. */
const facades = {
  name: "facades",
  resolveId: (id: string) => id.startsWith(FACADE) ? id : null,
  load: (id: string) => id.startsWith(FACADE) ? `export * from ${JSON.stringify(id.slice(FACADE.length))};` : null,
};

/**
 * Bundles an unpacked package.
 *
 * @param folder Where it is
 * @param packages The packages that it may depend on
 * @returns its files' texts by path: the faces, the files behind them, and for tests a module in place of each one that is in it; and
 * which of the packages it imports
 */
export async function bundle(
  folder: string,
  packages: string[],
): Promise<{ package: Map<string, string>; facades: Map<string, string>; dependencies: string[] }> {
  const sources = path.join(folder, "src") + path.sep;
  const modules = filesBelow(".", folder).filter((file) => file.endsWith(".js"));
  const input = modules.map((file) => [
    file.slice(0, -".js".length),
    (file.startsWith("src/") ? FACADE : "") + path.join(folder, file),
  ]);
  const { rollup } = await loadRollup();
  const build = await rollup({
    input: Object.fromEntries(input),
    external: (id: string) => id.startsWith("node:") || packages.includes(id),
    // What tests use of a module counts too.
    treeshake: false,
    plugins: [facades],
    onwarn(warning: { code: string; message: string }) {
      if (!["CIRCULAR_DEPENDENCY", "EMPTY_BUNDLE"].includes(warning.code)) throw new Error(`Cannot bundle the package: ${warning.message}`);
    },
  });
  const faces = modules.filter((file) => !file.includes("/") && !facesOfManagers.includes(file));
  let first: Set<string> | null = null;
  const { output } = await build.generate({
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    manualChunks(id: string, { getModuleInfo }: { getModuleInfo(id: string): Imports }) {
      if (!id.startsWith(sources)) return undefined;
      first ??= withoutManagers(faces.map((face) => path.join(folder, face)), getModuleInfo);
      return first.has(id) ? chunk : managersChunk;
    },
    minifyInternalExports: false,
    hoistTransitiveImports: false,
  });
  await build.close();
  const texts = output.map(({ fileName, code }) => [fileName, code] as const);
  const isFacade = ([file]: readonly [string, string]) =>
    file.startsWith("src/") && ![chunk, managersChunk].includes(file.slice(0, -".js".length));
  const imported = new Set(output.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]));
  return {
    package: new Map(texts.filter((text) => !isFacade(text))),
    facades: new Map(texts.filter(isFacade)),
    dependencies: packages.filter((name) => imported.has(name)),
  };
}

/** Writes files into a folder. */
export function writeAll(folder: string, texts: Map<string, string>): void {
  for (const [file, text] of texts) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
}
