/** Children on Node come from its compile cache: in no program itself, and where a user does not want it, nowhere. */
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import module from "node:module";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { cacheFolder } from "./fixtures/compile_cache.ts";

const isNode = process.versions.deno === undefined && process.versions.bun === undefined;
const skip = isNode ? module.flushCompileCache === undefined && "Node has it since 22.10" : "Node's";

// The tests of this project run without the cache.
const { NODE_DISABLE_COMPILE_CACHE: disabled } = process.env;
before(() => void delete process.env.NODE_DISABLE_COMPILE_CACHE);
after(() => {
  if (disabled !== undefined) process.env.NODE_DISABLE_COMPILE_CACHE = disabled;
});

for (const method of ["spawn", "thread"] as const) {
  describe(`the compile cache of a child: ${method}`, { timeout: 60_000, skip }, () => {
    let folder: string;
    before(() => folder = fs.mkdtempSync(path.join(os.tmpdir(), "compile-cache-")));
    after(() => fs.rmSync(folder, { recursive: true }));

    /** What a child with this environment reports, and the cached modules that are on disk while it still runs. */
    async function childsCache(env: Record<string, string>): Promise<{ reported: string | null; modules: string[] }> {
      const pool = new (mp.getContext(method, { env: { TMPDIR: folder, TEMP: folder, ...env } }).Pool)(1);
      try {
        const reported = await pool.apply(cacheFolder, []);
        return { reported, modules: reported === null ? [] : fs.readdirSync(reported) };
      } finally {
        pool.terminate();
        await pool.join();
      }
    }

    it("is in the folder for temporary files, and filled before the child ends", async () => {
      const { reported, modules } = await childsCache({});
      assert.equal(path.dirname(reported!), path.join(fs.realpathSync(folder), "node-compile-cache"));
      assert.notEqual(modules.length, 0);
      assert.notEqual(cacheFolder(), reported);
    });

    it("is absent with NODE_DISABLE_COMPILE_CACHE", async () => {
      assert.equal((await childsCache({ NODE_DISABLE_COMPILE_CACHE: "1" })).reported, null);
    });

    it("is absent when the program's coverage is measured", async () => {
      assert.equal((await childsCache({ NODE_V8_COVERAGE: folder })).reported, null);
    });

    it("is absent where it cannot be written", async () => {
      const file = path.join(folder, "file");
      fs.writeFileSync(file, "");
      assert.equal((await childsCache({ TMPDIR: file, TEMP: file })).reported, null);
    });
  });
}

leavesNothingBehind();
