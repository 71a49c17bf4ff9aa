import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Outcome } from "./fixtures/harness.ts";
import { runForJson } from "./run_program.ts";

const program = new URL("./fixtures/refusals_program.ts", import.meta.url);

/** What the message of each refusal says. */
const refused: Record<string, RegExp> = {
  closureOverLet: /it captures count \(line 1\), received /,
  several: /^Cannot send the function several: .* it captures count \(line 2\), add \(line 3\) and base \(line 3\), received /,
  curried: /it captures a \(line 1\), received /,
  bound: /^Cannot send the function bound add: it is bound to values that stay where it was made, received .*\n.*\n {2}pool\.apply\(add,/,
  native: /^Cannot send the function .*: it is native, .*\n.*\n {2}\(\.\.\.args\) => .*\(\.\.\.args\)$/,
  nativeMethod: /^Cannot send the function trim: it is native, .*\n.*\n {2}\(value, \.\.\.args\) => value\.trim\(\.\.\.args\)$/,
  replacedMember: /^Cannot send the function bound add: it is bound to values that stay where it was made/,
  replacedGlobal: /it captures base \(line 1\), received /,
  this: /it captures this \(line 2\), received /,
  privateName: /^Cannot send the function balance: .* it captures this \(line 2\) and #balance \(line 2\)/,
  super: /it captures super \(line 2\), received /,
  getter: /it is a getter, which belongs to its object, received /,
  importMeta: /it captures import\.meta \(line 1\), received /,
  require: /it captures require \(line 1\), received /,
  relativeImport: /it captures import\("\.\/jobs\.[jt]s"\) \(line 1\), received /,
  instrumented: /it captures cov_1234 \(line 2\), received /,
  shadowedGlobal: /it captures Event \(line 1\), received /,
  classOfTheModule: /^Cannot send the class .* it captures Account \(line 1\), received /,
  inThen: /it captures base \(line 1\), received [^]*\n {2}task\(import\.meta, fn\)$/,
};

const badHandles: Record<string, RegExp> = {
  relativeRef:
    /must be an absolute URL, received "\.\/jobs\.[jt]s"\n.*\n {2}functionRef\(new URL\("\.\/jobs\.[jt]s", import\.meta\.url\)\)$/,
  pathRef: /must be a URL, not a path, received "\/tmp\/jobs\.ts"/,
  windowsPathRef: /must be a URL, not a path, received "C:/,
  unknownPackageRef: /no such package can be found from file:.*, received "no-such-package-here"$/,
  numberRef: /must be a URL or a package's name, received 1$/,
};

describe("a function that cannot travel", () => {
  let outcomes: Record<string, Outcome>;
  before(async () => {
    outcomes = await runForJson(program);
  });

  for (const [label, message] of Object.entries(refused)) {
    test(`${label}: is refused, and the error says ${message}`, () => {
      assert.equal(outcomes[label]?.error, "SerializationError");
      assert.match(outcomes[label]?.message ?? "", message);
    });
  }

  for (const [label, message] of Object.entries(badHandles)) {
    test(`functionRef(), ${label}: throws, and the error says ${message}`, () => {
      assert.equal(outcomes[label]?.error, "TypeError");
      assert.match(outcomes[label]?.message ?? "", message);
    });
  }
});
