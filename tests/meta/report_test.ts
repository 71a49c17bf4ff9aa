import assert from "node:assert/strict";
import { test } from "node:test";
import { readBunReport, readDenoReport, readNodeReport, type Report } from "../../scripts/lib/report.ts";

const outline = ({ tests }: Report) => tests.map(({ name, state }) => `${state} ${name}`);
const events = (...list: object[]) => list.map((event) => JSON.stringify(event)).join("\n");

const denoReport = `<testsuites name="deno test" tests="5" failures="2" errors="0" time="0.020">
  <testsuite name="./a_test.ts" tests="5" disabled="1" errors="0" failures="2">
    <testcase name="flat &quot;one&quot; &gt; &amp; two" classname="./a_test.ts" time="0.002" line="3" col="1">
    </testcase>
    <testcase name="skipped" classname="./a_test.ts" time="0.000" line="5" col="1">
        <skipped/>
    </testcase>
    <testcase name="group" classname="./a_test.ts" time="0.005" line="9" col="1">
        <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
  </testsuite>
  <testsuite name="ext:deno_node/testing.ts" tests="1" disabled="0" errors="0" failures="1">
    <testcase name="group &gt; fails" classname="ext:deno_node/testing.ts" time="0.000" line="1" col="1">
        <failure message="Uncaught Error: boom">Error: boom &lt;here&gt;</failure>
    </testcase>
  </testsuite>
</testsuites>`;

test("a Deno report counts the tests in a group and not the group", () => {
  const report = readDenoReport(denoReport);
  assert.deepEqual(outline(report), ['passed flat "one" > & two', "skipped skipped", "failed group > fails"]);
  assert.equal(report.tests[2]!.message, "Error: boom <here>");
});

test("a Deno report counts a group whose hook failed as a failure", () => {
  const report = readDenoReport(denoReport.replace("1 test step failed.</failure>", "Error: in the hook</failure>"));
  assert.deepEqual(outline(report).filter((line) => line.startsWith("failed")), ["failed group", "failed group > fails"]);
});

test("a Deno report of a program that ended in a test is a problem of the file", () => {
  const xml = '<testcase name="exits" classname="./a_test.ts" time="0.000"><error message="Cancelled"/></testcase>';
  assert.deepEqual(readDenoReport(xml).problems, ["ended the program in the middle of the test: exits"]);
});

test("a Bun report names tests by their groups, from the outside in", () => {
  const xml =
    `<testsuite name="a_test.ts"><testcase name="deep" classname="inner &gt; outer" time="0" /><testcase name="skipped" classname="">
      <skipped />
    </testcase><testcase name="fails" classname=""><failure type="Error" message="boom">Error: boom</failure></testcase></testsuite>`;
  assert.deepEqual(outline(readBunReport(xml)), ["passed outer > inner > deep", "skipped skipped", "failed fails"]);
});

test("a file without a report is a failure on every runtime", () => {
  for (const read of [readDenoReport, readBunReport, readNodeReport]) {
    assert.deepEqual(read(null), { tests: [], problems: ["ended without reporting"] });
  }
});

test("a Node report counts the tests in a group and not the group", () => {
  const report = readNodeReport(events(
    { type: "start", name: "group", nesting: 0 },
    { type: "start", name: "first", nesting: 1 },
    { type: "pass", name: "first", nesting: 1 },
    { type: "start", name: "second", nesting: 1 },
    { type: "fail", name: "second", nesting: 1, message: "Error: boom" },
    { type: "fail", name: "group", nesting: 0, suite: true, failureType: "subtestsFailed" },
    { type: "pass", name: "skipped", nesting: 0, skipped: true },
    { type: "end" },
  ));
  assert.deepEqual(outline(report), ["passed group > first", "failed group > second", "skipped skipped"]);
  assert.deepEqual(report.problems, []);
});

test("a Node report that stops in the middle is a failure which names the test", () => {
  const report = readNodeReport(events({ type: "dequeue", name: "group", nesting: 0 }, { type: "dequeue", name: "exits", nesting: 1 }));
  assert.deepEqual(report.problems, ["ended without reporting, in the middle of the test: group > exits"]);
});

test("a Node file that something keeps alive is a failure which names that", () => {
  const report = readNodeReport(
    events({ type: "pass", name: "a", nesting: 0 }, { type: "end" }, { type: "kept-alive", by: ["TCPServerWrap"] }),
  );
  assert.deepEqual(report.problems, ["stays alive after its last test, kept by TCPServerWrap"]);
});
