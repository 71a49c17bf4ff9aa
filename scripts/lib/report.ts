/** What a test file reported: read from JUnit XML (Deno, Bun) or from the events of our Node reporter. */

/** One test. */
export interface ReportedTest {
  /** Its name after the names of the groups around it. */
  name: string;
  state: "passed" | "failed" | "skipped";
  /** Why it failed. */
  message: string;
}

/** One test file. */
export interface Report {
  tests: ReportedTest[];
  /** What is wrong with the file itself: it did not report, it crashed, something keeps it alive. */
  problems: string[];
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
  });
}

/** A test case of a JUnit file. */
interface TestCase extends ReportedTest {
  className: string;
  cancelled: boolean;
}

/** The test cases of a JUnit file, in its order. */
function testCases(xml: string): TestCase[] {
  const pattern = /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  return Array.from(xml.matchAll(pattern), ([, attributes, body = ""]) => {
    const attribute = (name: string) => unescapeXml(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes!)?.[1] ?? "");
    const [, message = "", text = ""] = /<(?:failure|error)\b(?:[^>"]|"[^"]*")*?(?:message="([^"]*)")?\s*(?:\/>|>([\s\S]*?)<)/.exec(body) ??
      [];
    const state = /<(failure|error)\b/.test(body) ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed";
    return {
      name: attribute("name"),
      className: attribute("classname"),
      state,
      message: unescapeXml(text || message).trim(),
      cancelled: /<error\b/.test(body),
    };
  });
}

/** Reads what `deno test --junit-path` wrote; `null` when it wrote nothing. */
export function readDenoReport(xml: string | null): Report {
  if (xml === null) return { tests: [], problems: ["ended without reporting"] };
  const cases = testCases(xml);
  // A describe() is listed like a test. What is in it has its name and " > " before its own, and Deno's node:test as its class name.
  const isGroup = ({ name }: TestCase) => cases.some((other) => other.className.startsWith("ext:") && other.name.startsWith(`${name} > `));
  const isOnlyItsTests = ({ message }: TestCase) => message === "" || /^\d+ test steps? failed\.?$/.test(message);
  const tests = cases.filter((one) => !isGroup(one) || (one.state === "failed" && !isOnlyItsTests(one)));
  const problems = cases.filter((one) => one.cancelled).map((one) => `ended the program in the middle of the test: ${one.name}`);
  return { tests, problems };
}

/** Reads what `bun test --reporter=junit` wrote; `null` when it wrote nothing. */
export function readBunReport(xml: string | null): Report {
  if (xml === null) return { tests: [], problems: ["ended without reporting"] };
  const tests = testCases(xml).map(({ className, ...test }) => ({
    ...test,
    // The class name is the groups around the test, inside out: "inner > outer".
    name: [...className.split(" > ").reverse().filter((group) => group !== ""), test.name].join(" > "),
  }));
  return { tests, problems: [] };
}

/** One line of scripts/reporters/node.mjs. */
interface NodeEvent {
  type: "dequeue" | "start" | "pass" | "fail" | "late" | "end" | "kept-alive";
  name: string;
  nesting: number;
  suite: boolean;
  skipped: boolean;
  failureType?: string;
  message?: string;
  by: string[];
}

/** Reads what scripts/reporters/node.mjs wrote; `null` when it wrote nothing. */
export function readNodeReport(lines: string | null): Report {
  const report: Report = { tests: [], problems: [] };
  // "start" comes in the order of the definitions, just before the result: it names the groups. "dequeue" comes when a test really begins.
  const groups: string[] = [];
  const running: string[] = [];
  let ended = false;
  for (const line of (lines ?? "").split("\n").filter((text) => text !== "")) {
    const event: NodeEvent = JSON.parse(line);
    if (event.type === "end") ended = true;
    if (event.type === "late") report.problems.push(event.message ?? "");
    if (event.type === "kept-alive") {
      report.problems.push(`stays alive after its last test, kept by ${event.by.join(", ") || "something unknown"}`);
    }
    if (event.type === "dequeue") running.splice(event.nesting, Infinity, event.name);
    if (event.type === "start") groups.splice(event.nesting, Infinity, event.name);
    if (event.type === "pass" || event.type === "fail") {
      const name = [...groups.slice(0, event.nesting), event.name].join(" > ");
      const ofItsTests = event.suite && (event.type === "pass" || event.failureType === "subtestsFailed");
      const state = event.type === "fail" ? "failed" : event.skipped ? "skipped" : "passed";
      if (!ofItsTests) report.tests.push({ name, state, message: event.message ?? "" });
      running.splice(event.nesting, Infinity);
    }
  }
  if (!ended && report.problems.length === 0) {
    const during = running.length > 0 ? `, in the middle of the test: ${running.join(" > ")}` : "";
    report.problems.push(`ended without reporting${during}`);
  }
  return report;
}
