/**
 * Reporter for `node --test-reporter=…/node.mjs?out=<file>`: one JSON line per event, written at once, so that a test file that crashes
 * has still told what it was doing. Plain JavaScript, because Node 20 loads it.
 */
import fs from "node:fs";
import { inspect } from "node:util";

const out = new URL(import.meta.url).searchParams.get("out");

/** How long a file may stay alive when none of its tests runs: something it left open keeps it so, and Node would wait for ever. */
const graceMilliseconds = 30_000;

const write = (event) => fs.appendFileSync(out, `${JSON.stringify(event)}\n`);

function endWhatIsKeptAlive() {
  write({ type: "kept-alive", by: process.getActiveResourcesInfo() });
  process.exit(1);
}

export default async function* report(source) {
  let idle;
  for await (const { type, data } of source) {
    if (data.nesting === 0) clearTimeout(idle);
    if (type === "test:dequeue") write({ type: "dequeue", name: data.name, nesting: data.nesting });
    if (type === "test:start") write({ type: "start", name: data.name, nesting: data.nesting });
    if (type === "test:pass" || type === "test:fail") {
      const error = data.details.error;
      write({
        type: type === "test:pass" ? "pass" : "fail",
        name: data.name,
        nesting: data.nesting,
        suite: data.details.type === "suite",
        skipped: data.skip !== undefined || data.todo !== undefined,
        failureType: error?.failureType,
        message: error && inspect(error.cause ?? error),
      });
    }
    if ((type === "test:pass" || type === "test:fail") && data.nesting === 0) {
      idle = setTimeout(endWhatIsKeptAlive, graceMilliseconds).unref();
    }
    // What is thrown after its test has ended fails the file without failing a test.
    if (type === "test:diagnostic" && data.message.includes("asynchronous activity")) write({ type: "late", message: data.message });
    if (type === "test:plan" && data.nesting === 0) write({ type: "end" });
  }
  yield "";
}
