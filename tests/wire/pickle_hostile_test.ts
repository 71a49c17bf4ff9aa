import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { SerializationError } from "../../src/base/errors.ts";
import { pickleDecode, type PickleDecodeOptions, pickleEncode } from "../../src/wire/pickle/pickle.ts";
import { pickleCases } from "./fixtures/pickle_cases.ts";

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** Decodes, and accepts two outcomes only: a value, or the typed error. */
function isValue(bytes: Uint8Array, options?: PickleDecodeOptions): boolean {
  try {
    pickleDecode(bytes, options);
    return true;
  } catch (error) {
    if (error instanceof SerializationError) return false;
    throw new Error(`neither a value nor a SerializationError: ${Buffer.from(bytes.subarray(0, 200)).toString("hex")}`, { cause: error });
  }
}

function refused(pickle: string | Uint8Array, message: RegExp, options?: PickleDecodeOptions): void {
  const bytes = typeof pickle === "string" ? latin1(pickle) : pickle;
  assert.throws(() => pickleDecode(bytes, options), (error: unknown) => error instanceof SerializationError && message.test(error.message));
}

const messages = pickleCases.flatMap(({ arrives, sends = arrives }) =>
  sends === null ? [] : [2, 3, 4, 5].map((protocol) => pickleEncode(sends(), { protocol })).filter(({ length }) => length < 3000)
);
const message = fc.constantFrom(...messages);

test("every global outside of the list is refused by name, in every way to name one", () => {
  const gadgets: [string, RegExp][] = [
    ["cos\nsystem\n(S'true'\ntR.", /os\.system/],
    ["cposix\nsystem\n(X\x04\0\0\0truetR.", /posix\.system/],
    ["\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.", /os\.system/],
    ["c__builtin__\neval\n(X\x01\0\0\x001tR.", /__builtin__\.eval/],
    ["cbuiltins\ngetattr\n.", /builtins\.getattr/],
    ["cbuiltins\n__import__\n.", /builtins\.__import__/],
    ["csubprocess\nPopen\n)\x81.", /subprocess\.Popen/],
    ["c\n\n.", /global \. is/],
    ["cbuiltins\nset\x00\n.", /"builtins\.set\\u0000"/],
    ["c__proto__\nconstructor\n.", /__proto__\.constructor/],
    ["cbuiltins\nconstructor\n.", /builtins\.constructor/],
    ["cbuiltins\ntoString\n)R.", /builtins\.toString/],
    ["\x80\x04\x8c\x08builtins\x8c\x12set.__subclasses__\x93.", /builtins\.set\.__subclasses__/],
  ];
  for (const [pickle, name] of gadgets) refused(pickle, name);
});

test("opcodes that reach outside of the message are refused", () => {
  refused("Ppersistent\n.", /opcode 0x50/);
  refused("NQ.", /opcode 0x51/);
  refused("\x82\x01.", /opcode 0x82/);
  refused("\x97.", /opcode 0x97/);
  refused("(ios\nsystem\n.", /opcode 0x69/);
  refused("(cbuiltins\nset\no.", /opcode 0x6f/);
  refused("cbuiltins\nset\n)}\x92.", /opcode 0x92/);
});

test("a safe class is no value, nor a part of one", () => {
  refused("cbuiltins\nset\n.", /builtins\.set stands where a value must/);
  refused("]cbuiltins\nset\na.", /stands where a value must/);
  refused("cbuiltins\nset\n\x85.", /stands where a value must/);
  refused("cbuiltins\nset\n\x85\x85.", /stands where a value must/);
  refused("}cbuiltins\nset\nNs.", /stands where a value must/);
  refused("cbuiltins\nValueError\ncbuiltins\nset\n\x85R.", /stands where a value must/);
});

test("the wrong kind of thing in the right place is refused", () => {
  const wrong = [
    "Na.",
    "NNa.",
    "NNNs.",
    "](NNu.",
    "N(N\x90.",
    ")Na.",
    "N)R.",
    "NNb.",
    "]Nb.",
    "K\x01\x93.",
    "cbuiltins\nset\nNR.",
    "cbuiltins\nset\n]R.",
    "t.",
    "1.",
    "0.",
    ".",
    "NN.",
    "(N.",
  ];
  for (
    const pickle of [
      ...wrong,
      "cbuiltins\nset\n]a.",
      "(Nd.",
      "cbuiltins\nset\nN\x85R.",
      "carray\narray\nX\x01\0\0\0u\x85R.",
      "h\0.",
      "j\xff\xff\xff\xff.",
    ]
  ) {
    assert.equal(isValue(latin1(pickle)), false, JSON.stringify(pickle));
  }
});

test("keys of a prototype are keys of a Map, and nothing has changed a prototype", () => {
  const map = pickleDecode(latin1("}X\x09\0\0\0__proto__}X\x01\0\0\0xK\x01ss.")) as Map<string, unknown>;
  assert.deepEqual([...map.keys()], ["__proto__"]);
  assert.equal(({} as { x?: unknown }).x, undefined);
  const error = pickleDecode(latin1("cbuiltins\nValueError\n)R}X\x09\0\0\0__proto__}sb.")) as Error;
  assert.equal(Object.getPrototypeOf(error), RangeError.prototype);
});

test("lengths beyond the message take no memory", () => {
  for (
    const opcode of [
      "X\xff\xff\xff\xff",
      "B\xff\xff\xff\xff",
      "\x8b\xff\xff\xff\xff",
      "\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
      "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
      "\x96\xff\xff\xff\xff\xff\0\0\0",
      "\x95\xff\xff\xff\xff\xff\xff\xff\xff",
    ]
  ) {
    assert.equal(isValue(latin1(`\x80\x05${opcode}`)), false);
  }
  refused("Nr\xff\xff\xff\xff.", /memo has a gap/);
  refused("Np99999999999999999999\n.", /memo has a gap/);
  refused("Np-1\n.", /memo has a gap/);
});

test("the limits of a caller hold", () => {
  refused(pickleEncode([1, 2, 3]), /at most 5 are accepted/, { maxBytes: 5 });
  refused(pickleEncode([[[]]]), /more than 2 levels/, { maxDepth: 2 });
  refused(pickleEncode(["a", "b", "c"]), /more than 3 entries/, { maxMemo: 3 });
  refused(pickleEncode(1n << 900n), /at most 100 are accepted/, { maxIntegerBytes: 100 });
  refused(`L${"9".repeat(5000)}L\n.`, /more than 4300 digits/);
  assert.ok(isValue(pickleEncode([[1, "b", 1n << 90n]]), { maxBytes: 100, maxDepth: 2, maxMemo: 4, maxIntegerBytes: 20 }));
});

test("no depth overflows the stack, however it is made", () => {
  const levels = 60_000;
  refused(`${"]".repeat(levels)}${"a".repeat(levels - 1)}.`, /levels deep/);
  refused(`N${"\x85".repeat(levels)}.`, /levels deep/);
  refused(`${"(".repeat(levels)}${"t".repeat(levels)}.`, /levels deep/);
  refused(`${"}N".repeat(levels)}}${"s".repeat(levels)}.`, /levels deep/);
  refused(`${"cbuiltins\nValueError\n".repeat(12_000)}N${"\x85R".repeat(12_000)}.`, /levels deep/);
  // Each list is appended to the one before it, out of the memo: nothing is ever deep on the stack.
  refused(
    `]\x94${Array.from({ length: 255 }, (_, i) => `]\x940h${String.fromCharCode(i)}h${String.fromCharCode(i + 1)}a0`).join("")}.`,
    /levels deep/,
    { maxDepth: 200 },
  );
});

test("a value that shares parts is as large as its message, not as what it would print", () => {
  const laughs = `]\x94${Array.from({ length: 100 }, (_, i) => `]\x94(h${String.fromCharCode(i)}h${String.fromCharCode(i)}e`).join("")}`;
  for (
    const wrap of [
      `.`,
      `cbuiltins\nSystemExit\n`,
      `cmultiprocessing.pool\nMaybeEncodingError\n`,
      `cbuiltins\nKeyError\n`,
      `cbuiltins\nExceptionGroup\n`,
    ]
  ) {
    const ending = wrap === "." ? `0`.repeat(100) + "." : `${"0".repeat(101)}${wrap}hdhd\x86R.`;
    isValue(latin1(laughs + ending));
  }
});

test("short calls that copy one large value again and again are refused", () => {
  const size = 1 << 18;
  const large = new Uint8Array(size);
  const start = `B\0\0\x04\0${new TextDecoder("latin1").decode(large)}\x940`;
  const calls = (callee: string) => `${callee}\x940(${"h\x01h\0\x85R".repeat(10_000)}t.`;
  refused(start + calls("cbuiltins\nbytearray\n"), /copies more than it has/);
  const list = `](${"N".repeat(size)}e\x940`;
  for (const callee of ["set", "frozenset", "list"]) refused(list + calls(`cbuiltins\n${callee}\n`), /copies more than it has/);
});

test("random bytes, and random opcodes, give a value or a SerializationError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void isValue(bytes)), { numRuns: 1000 });
  const opcode = fc.constantFrom(..."(.012NK\x00\x01]})\x8f\x85\x86\x87\x94hqaestudlRb\x81\x93\x88\x90\x91");
  const call = fc.constantFrom(
    "cbuiltins\nset\n",
    "cbuiltins\nKeyError\n",
    "carray\narray\n",
    "ccollections\nOrderedDict\n",
    "\x8c\x01a",
    "C\x01b",
    "c_codecs\nencode\n",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 5, arbitrary: opcode }, call), { maxLength: 80 }),
      (parts) => void isValue(latin1(`${parts.join("")}.`)),
    ),
    { numRuns: 3000 },
  );
});

test("a message that is cut anywhere is refused, and so is one with something behind it", () => {
  for (const bytes of messages.filter(({ length }) => length < 200)) {
    for (let length = 0; length < bytes.length; length++) assert.equal(isValue(bytes.subarray(0, length)), false);
    assert.equal(isValue(Uint8Array.of(...bytes, 0x2e)), false);
  }
});

test("flipped bits and spliced messages give a value or a SerializationError", () => {
  fc.assert(
    fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { minLength: 1, maxLength: 5 }), (original, flips) => {
      const bytes = original.slice();
      for (const [at, bit] of flips) bytes[at % bytes.length]! ^= 1 << bit;
      isValue(bytes);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(message, message, fc.nat(), fc.nat(), (a, b, i, j) => {
      isValue(Uint8Array.of(...a.subarray(0, i % a.length), ...b.subarray(j % b.length)));
    }),
    { numRuns: 1000 },
  );
});
