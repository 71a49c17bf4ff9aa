/** Files by which units tell where they are: no part of the library takes part in that. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../support/until.ts";

/** A folder of marks. */
export class Marks {
  readonly #folder = mkdtempSync(join(tmpdir(), "faults-"));
  #count = 0;

  /** A path that nobody has used. */
  path(): string {
    return join(this.#folder, String(this.#count++));
  }

  /** What stands in a file, as soon as there is one. */
  async until(path: string): Promise<string> {
    await until(() => existsSync(path));
    return readFileSync(path, "utf8");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
