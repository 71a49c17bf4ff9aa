/** Faults of programs that hold a connection of a Listener and a Client. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { Client, Listener, type SocketAddress } from "@fenshen/multiprocessing/connection";
import * as programs from "./fixtures/programs_apart.ts";
import { type Fault, type Stage } from "./support/battery.ts";

const KEY = "swordfish";
/** A few of them are more than a socket takes. */
const LARGE = 512 << 10;

/** The Listener lives on: an honest client gets in. */
async function checkServes(listener: Listener): Promise<void> {
  const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address, { authkey: KEY })]);
  await ours.send("hello");
  assert.equal(await theirs.recv(), "hello");
  for (const end of [ours, theirs]) end.close();
  await listener.close();
}

/** Whole messages arrive, the first ones; then the end, or the news that it came in the middle of one. */
async function clientInSend(fault: Fault): Promise<void> {
  const listener = new Listener({ authkey: KEY });
  const child = await fault.start(programs.clientInSend, listener.address, KEY, 8, LARGE);
  const conn = await listener.accept();
  const struck = fault.strike(child);
  if (!fault.orderly) await struck;
  let count = 0;
  for (;; count++) {
    const bytes = await conn.recvBytes().catch((error: unknown) => error);
    if (bytes instanceof mp.EOFError || bytes instanceof mp.ProcessError) break;
    assert.ok(bytes instanceof Uint8Array && bytes.length === LARGE && bytes[0] === count && bytes.at(-1) === count, String(bytes));
  }
  await struck;
  if (fault.orderly) assert.equal(count, 8);
  await assert.rejects(conn.send(1), mp.BrokenPipeError);
  conn.close();
  await checkServes(listener);
}

async function clientInRecv(fault: Fault): Promise<void> {
  const listener = new Listener({ authkey: KEY });
  const child = await fault.start(programs.clientInRecv, listener.address, KEY);
  const conn = await listener.accept();
  assert.equal(await conn.recv(), "waiting");
  const ended = assert.rejects(conn.recv(), mp.EOFError);
  await fault.strike(child);
  await ended;
  assert.equal(await conn.poll(), true);
  conn.close();
  await checkServes(listener);
}

async function clientInHandshake(fault: Fault): Promise<void> {
  const listener = new Listener({ authkey: KEY });
  const child = await fault.start(programs.clientInHandshake, listener.address);
  const refused = assert.rejects(listener.accept(), mp.EOFError);
  await fault.strike(child);
  await refused;
  await checkServes(listener);
}

async function listenerInAccept(fault: Fault): Promise<void> {
  const [told, tell] = mp.Pipe(false);
  const child = await fault.start(programs.listenerInAccept, tell, KEY);
  const address = await told.recv() as SocketAddress;
  const conn = await Client(address, { authkey: KEY });
  assert.equal(await conn.recv(), "waiting");
  await fault.strike(child);
  await assert.rejects(conn.recv(), mp.EOFError);
  await assert.rejects(Client(address, { authkey: KEY }), mp.ProcessError);
  conn.close();
  told.close();
}

export const listeners: readonly Stage[] = [
  {
    name: "as a client while large messages of it are under way: whole ones arrive, then the end",
    also: ["SystemExit"],
    run: clientInSend,
  },
  { name: "as a client in recv()", run: clientInRecv },
  { name: "as a client in the middle of the handshake", run: clientInHandshake },
  { name: "as a listener in accept(), with a client", run: listenerInAccept },
];
