/** `getLogger()` and `logToStderr()`. @module */
import { type Logger, type LogLevel, writeToStderr } from "../base/logger.ts";
import { log } from "../runtime/log.ts";

/**
 * The logger of this library in this unit; a program may use it, too.
 *
 * - **What it says**: how units come and go, at `INFO` and `DEBUG`, in Python's words; failures that nobody looked at, at `ERROR`.
 * - **Where**: to its handlers. While it has none, from `WARNING` on to stderr, without a prefix.
 * - **Children** begin with the level of their creator, and write to stderr when that does; its own handlers stay with it.
 *
 * *Differs from Python*: a handler is a function; a message is a text or a function that makes it, without `%` arguments.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const lines: string[] = [];
 * const logger = mp.getLogger();
 * logger.addHandler(({ levelName, processName, message }) => lines.push(`${levelName} ${processName} ${message}`));
 * logger.setLevel("INFO");
 * logger.info("begun");
 * logger.debug(() => "never made");
 * assert.deepEqual(lines, ["INFO MainProcess begun"]);
 * ```
 *
 * Python: `multiprocessing/util.py`, `get_logger`.
 */
export function getLogger(): Logger {
  return log;
}

/**
 * Lets the logger write to stderr: `[INFO/Process-1] child process calling self.run()`. Children started from now on do so, too.
 *
 * *Differs from Python*: calling it again does not double the lines.
 *
 * @param level Sets the level. Default: leaves it, which is `WARNING` at first.
 * @returns The logger.
 * @throws {TypeError | RangeError} a bad level.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 *
 * const logger = mp.logToStderr("INFO");
 * logger.warning("doomed"); // [WARNING/MainProcess] doomed
 * ```
 *
 * Python: `multiprocessing/util.py`, `log_to_stderr`.
 */
export function logToStderr(level?: LogLevel | null): Logger {
  if (level !== undefined && level !== null) log.setLevel(level);
  writeToStderr(log);
  return log;
}
