/** The handshake, byte for byte. Rows: python-behaviour.md 2.7. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { answerChallenge, AuthenticationError, deliverChallenge, EOFError, Pipe, TimeoutError } from "./fixtures/api.ts";

const KEY = "swordfish";
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (frame: Uint8Array) => Buffer.from(frame).toString("latin1");
const hmac = (digest: string, message: Uint8Array, key = KEY) => new Uint8Array(createHmac(digest, key).update(message).digest());

/** A connection whose other side says what it is told to. */
class FakeConnection {
  readonly sent: Uint8Array[] = [];
  readonly #replies: (Uint8Array | ((sent: Uint8Array[]) => Uint8Array))[];
  constructor(...replies: (Uint8Array | ((sent: Uint8Array[]) => Uint8Array))[]) {
    this.#replies = replies;
  }
  sendBytes(frame: Uint8Array): Promise<void> {
    this.sent.push(frame);
    return Promise.resolve();
  }
  recvBytes(maxLength: number): Promise<Uint8Array> {
    assert.equal(maxLength, 256);
    const reply = this.#replies.shift();
    if (reply === undefined) return Promise.reject(new EOFError("nothing is left"));
    return Promise.resolve(typeof reply === "function" ? reply(this.sent) : reply);
  }
}

const challengeOf = (sent: Uint8Array[]) => sent[0]!.subarray("#CHALLENGE#".length);

test("deliverChallenge() sends the bytes of CPython 3.12 and welcomes the right answer", async () => {
  const conn = new FakeConnection((sent) => Buffer.concat([bytes("{sha256}"), hmac("sha256", challengeOf(sent))]));
  await deliverChallenge(conn, KEY);
  assert.match(text(conn.sent[0]!), /^#CHALLENGE#\{sha256\}[^]{40}$/);
  assert.equal(conn.sent[0]!.length, 59);
  assert.deepEqual(conn.sent.slice(1).map(text), ["#WELCOME#"]);
});

test("deliverChallenge() never sends the same challenge twice: a replayed answer is wrong", async () => {
  const first = new FakeConnection((sent) => Buffer.concat([bytes("{sha256}"), hmac("sha256", challengeOf(sent))]));
  await deliverChallenge(first, KEY);
  const replay = new FakeConnection(Buffer.concat([bytes("{sha256}"), hmac("sha256", challengeOf(first.sent))]));
  await assert.rejects(deliverChallenge(replay, KEY), AuthenticationError);
  assert.deepEqual(replay.sent.slice(1).map(text), ["#FAILURE#"]);
});

test("deliverChallenge() accepts what CPython 3.11 and older answer: the bare HMAC-MD5 of all of it", async () => {
  const conn = new FakeConnection((sent) => hmac("md5", challengeOf(sent)));
  await deliverChallenge(conn, KEY);
  assert.deepEqual(conn.sent.slice(1).map(text), ["#WELCOME#"]);
});

for (
  const [digest, name] of [["md5", "md5"], ["sha256", "sha256"], ["sha384", "sha384"], ["sha3-256", "sha3_256"], ["sha3-384", "sha3_384"]]
) {
  test(`both sides speak {${name}} [test_challengeresponse]`, async () => {
    const message = Buffer.concat([bytes(`{${name}}`), new Uint8Array(40).fill(7)]);
    const conn = new FakeConnection(Buffer.concat([bytes("#CHALLENGE#"), message]), bytes("#WELCOME#"));
    await answerChallenge(conn, KEY);
    assert.deepEqual(conn.sent, [new Uint8Array(Buffer.concat([bytes(`{${name}}`), hmac(digest!, message)]))]);
    const [left, right] = Pipe();
    await Promise.all([deliverChallenge(left, KEY, { digestName: name as "md5" }), answerChallenge(right, KEY)]);
    left.close();
    right.close();
  });
}

test("answerChallenge() answers the 20 bytes of CPython 3.11 and older with the bare HMAC-MD5", async () => {
  const message = new Uint8Array(20).fill(9);
  const conn = new FakeConnection(Buffer.concat([bytes("#CHALLENGE#"), message]), bytes("#WELCOME#"));
  await answerChallenge(conn, KEY);
  assert.deepEqual(conn.sent, [hmac("md5", message)]);
});

test("deliverChallenge() refuses a wrong answer and says so to the other side [test_deliver_challenge_auth_failure]", async () => {
  const wrong = [
    bytes("something bogus"),
    new Uint8Array(0),
    new Uint8Array(16),
    bytes("{sha256}"),
    Buffer.concat([bytes("{sha256}"), new Uint8Array(32)]),
    Buffer.concat([bytes("{sha256}"), new Uint8Array(31)]),
    Buffer.concat([bytes("{sha1}"), new Uint8Array(20)]),
    bytes("{__proto__}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    bytes("{constructor}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    bytes("#WELCOME#"),
    (sent: Uint8Array[]) => challengeOf(sent).slice(),
    (sent: Uint8Array[]) => hmac("md5", challengeOf(sent), "another key"),
  ];
  for (const reply of wrong) {
    const conn = new FakeConnection(reply);
    await assert.rejects(deliverChallenge(conn, KEY), AuthenticationError);
    assert.deepEqual(conn.sent.slice(1).map(text), ["#FAILURE#"]);
  }
});

test("answerChallenge() refuses whatever is no challenge or no welcome [test_answer_challenge_auth_failure]", async () => {
  const challenge = Buffer.concat([bytes("#CHALLENGE#{sha256}"), new Uint8Array(40)]);
  const conversations = [
    [bytes("HTTP/1.1 400 Bad Request")],
    [new Uint8Array(0)],
    [bytes("#CHALLENGE#")],
    [Buffer.concat([bytes("#CHALLENGE#"), new Uint8Array(19)])],
    [Buffer.concat([bytes("#CHALLENGE#"), new Uint8Array(21)])],
    [Buffer.concat([bytes("#CHALLENGE#{sha512}"), new Uint8Array(40)])],
    [challenge, bytes("#FAILURE#")],
    [challenge, bytes("#WELCOME#!")],
    [challenge, bytes("something bogus")],
  ];
  for (const replies of conversations) await assert.rejects(answerChallenge(new FakeConnection(...replies), KEY), AuthenticationError);
  await assert.rejects(answerChallenge(new FakeConnection(), KEY), EOFError);
});

test("both take bytes and texts, refuse other keys and digests, and keep a timeout", async () => {
  const [left, right] = Pipe();
  await Promise.all([deliverChallenge(left, bytes("schlüssel")), answerChallenge(right, "schlüssel")]);
  await assert.rejects(deliverChallenge(left, 5 as never), TypeError);
  await assert.rejects(answerChallenge(left, null as never), TypeError);
  await assert.rejects(answerChallenge(left, "\ud800", { timeout: 10 }), RangeError);
  await assert.rejects(deliverChallenge(left, KEY, { digestName: "sha1" as never }), RangeError);
  await assert.rejects(answerChallenge(left, KEY, { timeout: 10 }), TimeoutError);
  left.close();
  right.close();
});
