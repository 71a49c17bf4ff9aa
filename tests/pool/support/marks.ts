/** Marks that tasks leave in a folder, and those that they wait for. */
import { mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for marks that tasks leave. */
export class Marks {
  readonly #folder = mkdtempSync(join(tmpdir(), "fenshen-pool-"));

  path(name: string): string {
    return join(this.#folder, name);
  }
  lines(name: string): string[] {
    try {
      return readFileSync(this.path(name), "utf8").split("\n").filter((line) => line !== "");
    } catch {
      return [];
    }
  }
  put(name: string): void {
    writeFileSync(this.path(name), "");
  }
  /** Waits until a task has left a line. Not for several: Bun's watcher drops the second of two equal events within a millisecond. */
  async until(name: string): Promise<string[]> {
    const watcher = watch(this.#folder);
    await new Promise<void>((resolve) => {
      const look = () => this.lines(name).length > 0 && resolve();
      watcher.on("change", look);
      look();
    });
    watcher.close();
    return this.lines(name);
  }
  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
