/** Folders to count, made for a test. @module */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Files by name; a name may hold folders. */
export type Files = Record<string, string | Uint8Array>;

/** Calls `use` with a fresh folder that holds these files, and removes it. */
export async function withFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "census-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    }
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Enough text for some seconds of counting; half as much keeps one process busy for more than one. */
export function longFiles(count: number): Files {
  const line = `${Array.from({ length: 100 }, (_, i) => `word${i} w${i * i}`).join(" ")}\n`;
  const text = line.repeat(800);
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`long_${i}.txt`, text]));
}
