import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatRecord,
  inheritLog,
  Logger,
  type LogRecord,
  logSettings,
  nameLog,
  SUBDEBUG,
  SUBWARNING,
  writeToStderr,
} from "../../src/base/logger.ts";

function make(): { logger: Logger; stderr: string[]; records: LogRecord[]; keep: (record: LogRecord) => void } {
  const [stderr, records]: [string[], LogRecord[]] = [[], []];
  return { logger: new Logger((text) => void stderr.push(text)), stderr, records, keep: (record) => void records.push(record) };
}

test("Logger has Python's levels, by number and by name", () => {
  const { logger, records, keep } = make();
  assert.deepEqual([SUBDEBUG, SUBWARNING], [5, 25]);
  assert.deepEqual([logger.level, logger.getEffectiveLevel()], [0, 30]);
  logger.addHandler(keep);
  logger.setLevel("SUBDEBUG");
  logger.log(SUBDEBUG, "a");
  logger.debug("b");
  logger.info("c");
  logger.log("SUBWARNING", "d");
  logger.warning("e");
  logger.error("f");
  logger.critical("g");
  logger.log(33, "h");
  logger.log(4, "dropped");
  assert.deepEqual(records.map(({ level, levelName }) => [level, levelName]), [
    [5, "SUBDEBUG"],
    [10, "DEBUG"],
    [20, "INFO"],
    [25, "SUBWARNING"],
    [30, "WARNING"],
    [40, "ERROR"],
    [50, "CRITICAL"],
    [33, "Level 33"],
  ]);
  assert.ok(Object.isFrozen(records[0]));
  logger.setLevel(0);
  assert.equal(logger.isEnabledFor("SUBWARNING"), false);
  assert.equal(logger.isEnabledFor(30), true);
});

test("Logger makes no text that nobody will see", () => {
  const { logger, records, keep } = make();
  const never = () => {
    throw new Error("made");
  };
  logger.info(never);
  logger.setLevel("DEBUG");
  logger.info(never);
  logger.addHandler(keep);
  logger.setLevel("ERROR");
  logger.warning(never);
  logger.error(() => "made");
  assert.deepEqual(records.map(({ message }) => message), ["made"]);
});

test("Logger without a handler writes to stderr from WARNING on, as it is", () => {
  const { logger, stderr } = make();
  logger.setLevel("DEBUG");
  logger.info("not this");
  logger.warning("this");
  assert.deepEqual(stderr, ["this\n"]);
});

test("Logger to stderr: one line with level and process, however often it is asked for", () => {
  const { logger, stderr, records, keep } = make();
  writeToStderr(logger);
  writeToStderr(logger);
  logger.addHandler(keep);
  logger.addHandler(keep);
  logger.error("doomed");
  assert.deepEqual(stderr, ["[ERROR/MainProcess] doomed\n"]);
  assert.equal(records.length, 1);
  assert.equal(formatRecord(records[0]!), "[ERROR/MainProcess] doomed");
  assert.equal(logger.handlers.length, 2);
  logger.removeHandler(keep);
  logger.error("again");
  assert.equal(records.length, 1);
});

test("Logger: a handler that throws harms neither the caller nor the other handlers", () => {
  const { logger, stderr, records, keep } = make();
  logger.addHandler(() => {
    throw new RangeError("broken handler");
  });
  logger.addHandler(keep);
  logger.error("said");
  assert.equal(records.length, 1);
  assert.match(stderr.join(""), /^Cannot log "said": a handler has failed:\nRangeError: broken handler/);
});

test("inheritLog(): a child takes over level and stderr, and its name; own handlers stay where they are", () => {
  const { logger, keep } = make();
  logger.setLevel("INFO");
  logger.addHandler(keep);
  assert.deepEqual(logSettings(logger), { level: 20, toStderr: false });
  writeToStderr(logger);
  const child = make();
  inheritLog(child.logger, logSettings(logger));
  nameLog(child.logger, () => "Process-1");
  child.logger.info("here");
  assert.deepEqual(child.stderr, ["[INFO/Process-1] here\n"]);
});

test("Logger refuses what is no level and no handler", () => {
  const { logger } = make();
  assert.throws(() => logger.setLevel("LOUD" as never), RangeError);
  for (const bad of [NaN, null, undefined, {}]) assert.throws(() => logger.setLevel(bad as never), TypeError);
  assert.throws(() => logger.log("LOUD" as never, "x"), RangeError);
  assert.throws(() => logger.addHandler("x" as never), TypeError);
});
