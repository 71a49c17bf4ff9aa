/** What the demo counts in a file. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import { countBatch, countFile } from "../../scripts/demo/census.ts";
import { CensusSum } from "../../scripts/demo/census_sum.ts";
import { batchesOf, listFiles } from "../../scripts/demo/files.ts";
import { withFolder } from "./folders.ts";

const text = "Alpha beta, BETA\n\nß 漢字 naïve x2\nlast_line no3 4";

test("countFile() counts bytes, lines, words and the hash, in pieces of any size", async () => {
  await withFolder({ "a.txt": text }, async (folder) => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const file = path.join(folder, "a.txt");
      const bytes = new TextEncoder().encode(text);
      assert.deepEqual(await countFile(file, new Uint8Array(size)), {
        file: { path: file, bytes: bytes.length, lines: 4, words: 9, sha256: createHash("sha256").update(bytes).digest("hex") },
        words: new Map([["alpha", 1], ["beta", 2], ["ß", 1], ["漢字", 1], ["naïve", 1], ["x2", 1], ["last_line", 1], ["no3", 1]]),
      }, `pieces of ${size}`);
    }
  });
});

test("countFile() counts a last line only when it has something", async () => {
  await withFolder({ "none": "", "one": "x", "whole": "x\n", "empty": "\n" }, async (folder) => {
    const { files } = await countBatch(["none", "one", "whole", "empty"].map((name) => path.join(folder, name)));
    assert.deepEqual(files.map(({ lines }) => lines), [0, 1, 1, 1]);
  });
});

test("countBatch() tells what it could not count and counts the rest", async () => {
  const files = {
    "nul": Uint8Array.of(65, 0, 66),
    "latin": Uint8Array.of(0x63, 0xe9),
    "cut": Uint8Array.of(0xe6, 0xbc),
    "good": "good word",
  };
  await withFolder(files, async (folder) => {
    const result = await countBatch(["nul", "latin", "cut", "missing", "good"].map((name) => path.join(folder, name)));
    assert.deepEqual(result.files.map((file) => path.basename(file.path)), ["good"]);
    assert.deepEqual(result.words, { text: "good\nword", counts: Uint32Array.of(1, 1) });
    assert.deepEqual(result.problems.map(({ path: file, kind, reason }) => [path.basename(file), kind, reason]), [
      ["nul", "not text", "a NUL byte"],
      ["latin", "not text", "not UTF-8"],
      ["cut", "not text", "not UTF-8"],
      ["missing", "unreadable", "ENOENT"],
    ]);
  });
});

test("countBatch() gives up in the middle of a file, with the reason of the signal", async () => {
  await withFolder({ "long.txt": "word ".repeat(1_000_000) }, async (folder) => {
    const controller = new AbortController();
    const counting = countBatch([path.join(folder, "long.txt")], controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(counting, { message: "enough" });
  });
});

test("CensusSum gives the same census for every order of results", async () => {
  await withFolder({ "a.md": "one two", "b.MD": "two", "sub/c": "three\n" }, async (folder) => {
    const results = await Promise.all(["a.md", "b.MD", "sub/c"].map((name) => countBatch([path.join(folder, name)])));
    const sums = [results, [...results].reverse()].map((order) => {
      const sum = new CensusSum(folder, []);
      order.forEach((result) => sum.add(result));
      return sum.census();
    });
    assert.deepEqual(sums[0], sums[1]);
    assert.deepEqual(sums[0]!.topWords, [["two", 2], ["one", 1], ["three", 1]]);
    assert.deepEqual(sums[0]!.extensions, [
      { extension: ".md", files: 2, bytes: 10, lines: 2, words: 3 },
      { extension: "", files: 1, bytes: 6, lines: 1, words: 1 },
    ]);
    assert.deepEqual(sums[0]!.files.map((file) => file.path), ["a.md", "b.MD", path.join("sub", "c")]);
  });
});

test("listFiles() goes into folders and leaves out what it is told to, at the top only", async () => {
  await withFolder({ "a": "1", ".git/x": "1", "sub/.git/y": "1", "sub/deep/z": "1" }, async (folder) => {
    const { files, problems } = await listFiles(folder, [".git"], new AbortController().signal);
    assert.deepEqual(
      files.map((file) => path.relative(folder, file.path)).sort(),
      ["a", "sub/.git/y", "sub/deep/z"].map(path.normalize).sort(),
    );
    assert.deepEqual(problems, []);
  });
});

test("batchesOf() deals out every file once, the largest first", () => {
  const files = Array.from({ length: 500 }, (_, i) => ({ path: String(i), bytes: i === 250 ? 10_000_000 : i * 100 }));
  const batches = batchesOf(files);
  assert.deepEqual(batches[0], ["250"]);
  assert.deepEqual(batches.flat().map(Number).sort((a, b) => a - b), files.map((_, i) => i));
  assert.ok(batches.length > 10 && batches.length < 200, `${batches.length} batches`);
  assert.deepEqual(batchesOf([]), []);
});
