import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { pickleDecode, pickleEncode } from "../../src/wire/pickle/pickle.ts";
import { PYTHON_VERSIONS, pythonVersionMissing } from "../support/pythons.ts";
import { canon } from "./fixtures/pickle_canon.ts";
import { pickleCases } from "./fixtures/pickle_cases.ts";
import { fromHex, PicklePeer, statements, toHex } from "./fixtures/pickle_peer.ts";
import { pickleValues } from "./fixtures/pickle_values.ts";

/** What a case arrives as, the same from every Python. */
const arrivals = new Map(pickleCases.map((each) => [each, canon(each.arrives())]));

for (const version of PYTHON_VERSIONS) {
  describe(`Python ${version}`, () => {
    const peer = new PicklePeer(version);
    const skip = pythonVersionMissing(version);
    after(() => peer.end());

    for (const protocol of [0, 1, 2, 3, 4, 5]) {
      it(`protocol ${protocol}: what Python pickles arrives`, { skip }, async () => {
        const cases = pickleCases.filter(({ since = 0 }) => protocol >= since);
        const answers = await peer.ask(cases.map(({ python }) => ({ dumps: statements(python), protocol })));
        for (const [i, each] of cases.entries()) {
          const { name } = each;
          const { pickle, error } = answers[i]!;
          assert.ok(pickle !== undefined, `${name}: ${error}`);
          assert.equal(canon(decoded(name, pickle)), arrivals.get(each), name);
        }
      });
    }

    for (const protocol of [2, 3, 4, 5]) {
      it(`protocol ${protocol}: what is pickled here arrives in Python`, { skip }, async () => {
        const sent = pickleCases.filter(({ sends }) => sends !== null);
        const questions = sent.map(({ python, arrives, sends = arrives }) => {
          return { loads: toHex(pickleEncode(sends!(), { protocol })), expected: statements(python) };
        });
        for (const [i, { got, expected, error }] of (await peer.ask(questions)).entries()) {
          assert.ok(error === undefined, `${sent[i]!.name}: ${error}`);
          assert.equal(got, expected, sent[i]!.name);
        }
      });

      it(`protocol ${protocol}: random values come back as they were`, { skip }, async () => {
        const values = fc.sample(pickleValues, 60);
        const answers = await peer.ask(
          values.map((value) => ({ loads: toHex(pickleEncode(value, { protocol })), again: protocol })),
        );
        for (const [i, value] of values.entries()) {
          const { pickle, error } = answers[i]!;
          assert.ok(pickle !== undefined, `${canon(value)}: ${error}`);
          assert.equal(canon(pickleDecode(fromHex(pickle))), canon(value));
        }
      });
    }

    it("the bytes of simple values in protocol 4 are CPython's own", { skip }, async () => {
      const simple = [
        "None",
        "True",
        "1",
        "-1",
        "10**20",
        "0.5",
        "'a'",
        "b'a'",
        "[]",
        "[1]",
        "[1, 2]",
        "(1,)",
        "(1, 2, 3, 4)",
        "{'a': [1, 'b']}",
        "{1, 2}",
        "list(range(1500))",
      ];
      const answers = await peer.ask(simple.map((python) => ({ dumps: statements(python), protocol: 4 })));
      for (const [i, python] of simple.entries()) {
        const bytes = answers[i]!.pickle!;
        assert.equal(toHex(pickleEncode(pickleDecode(fromHex(bytes)))), bytes, python);
      }
    });
  });
}

function decoded(name: string, pickle: string): unknown {
  try {
    return pickleDecode(fromHex(pickle));
  } catch (error) {
    throw new Error(`${name}: ${pickle.slice(0, 200)}`, { cause: error });
  }
}
