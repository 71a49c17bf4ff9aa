/** Marks that tasks leave in a folder, and those that they wait for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../support/until.ts";

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
  /** Waits until a task has left a line. */
  until(name: string): Promise<string[]> {
    return until(() => this.lines(name).length > 0 && this.lines(name));
  }
  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
