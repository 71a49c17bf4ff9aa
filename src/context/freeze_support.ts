/** Programs that are one file: bundles and executables. @module */
import { runtime } from "../runtime/runtime.ts";
import { childMain } from "./child_main.ts";

/**
 * Makes a program that is one file able to have children: the first line of its entry module, after the imports. Such a file is a bundle made by
 * esbuild or `bun build`, or an executable made by `bun build --compile` or `deno compile`. Its children run the same file again, and this call is where
 * they learn that they are children. Where a program is made of modules it does nothing.
 *
 * - The rest of the entry's top level runs in every child too, and in the thread that serves shared objects: guard it with `isMain(import.meta)`.
 *   In a bundle every module has the `import.meta` of the file, so only the entry may be guarded.
 * - Functions travel when they are made by `task()`, exported by the entry, or self-contained. Names of tasks must differ within the whole file.
 * - A bundle must be an ES module (`--format=esm`). A child of a bundle may run on another runtime, if the bundle does.
 * - A child of an executable is that executable: `runtime`, `execPath`, `execArgv` and `permissions` are refused there.
 *
 * *Differs from Python*, where it is for Windows, comes inside the main guard, and does not return in a child.
 *
 * @throws {ProcessError} in a CommonJS bundle, which has no `import.meta.url`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * mp.freezeSupport();
 *
 * const double = mp.task(import.meta, (x: number) => 2 * x, "double");
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(2);
 *   assert.deepEqual(await pool.map(double, [1, 2]), [2, 4]);
 * }
 * ```
 *
 * Python: `multiprocessing/context.py`, `freeze_support`.
 */
export function freezeSupport(): void {
  runtime.supportChildren();
  if (runtime.packaging !== "modules") void childMain(() => Promise.resolve());
}
