/** Where things are. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Results that can be thrown away: packages, logs, reports. */
export const buildFolder = path.join(root, ".build");

/** The runtimes that were installed for the tests. */
export const runtimesFolder = path.join(root, ".runtimes");

/** The part of `deno.json` that the scripts read. */
interface DenoConfig {
  name: string;
  exports: Record<string, string>;
  imports: Record<string, string>;
}

/** `deno.json`. */
export function readConfig(): DenoConfig {
  return JSON.parse(fs.readFileSync(path.join(root, "deno.json"), "utf8"));
}

/** The public faces, as paths from the project's folder. */
export function faces(): string[] {
  return Object.values(readConfig().exports).map((file) => path.normalize(file));
}

/** Every file below a folder, sorted, as paths from `base`; a folder that does not exist has none. */
export function filesBelow(folder: string, base = root): string[] {
  const full = path.join(base, folder);
  if (!fs.existsSync(full)) return [];
  return fs.readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The test files, as paths from the project's folder. */
export function testFiles(): string[] {
  return filesBelow("tests").filter((file) => file.endsWith("_test.ts"));
}
