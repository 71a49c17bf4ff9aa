import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCodeOf } from "../../src/process/exit_code.ts";

test("the exit code of a SystemExit follows Python's table, what is not a code goes to stderr [test_sys_exit, 2.1 exit codes]", () => {
  const table: [unknown, number, string | null][] = [
    [undefined, 0, null],
    [null, 0, null],
    [false, 0, null],
    [true, 1, null],
    [8, 8, null],
    [256, 0, null],
    [-1, 255, null],
    [-1n, 255, null],
    [[], 0, null],
    [[1, 2, 3], 1, "[1,2,3]"],
    ["ignore this", 1, "ignore this"],
    [1.5, 1, "1.5"],
    [NaN, 1, "NaN"],
    [-Infinity, 1, "-Infinity"],
    [2 ** 40 + 7, 7, null],
    [-(2n ** 64n), 0, null],
    [new RangeError("too many"), 1, "RangeError: too many"],
    [{ a: 1 }, 1, '{"a":1}'],
  ];
  assert.deepEqual(table.map(([code]) => exitCodeOf(code)), table.map(([, code, text]) => ({ code, text })));
});
