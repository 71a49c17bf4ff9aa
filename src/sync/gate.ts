/**
 * A lock in shared memory, before the one in the object server: one word, 0 when it is free. Steps that last less than a microsecond take it with one
 * compare-and-swap. Whoever holds the served lock takes it too, and so shuts out the steps; those who find it taken wait in the server's line.
 * So nobody waits for the word alone, but the one at the head of that line, and `acquireSync()`.
 *
 * @module
 */
import { within } from "../base/deadline.ts";
import { allocate, attachBlock, type BlockAddress, checkedAddress, type Reach, reachOf } from "../memory/heap.ts";
import { runtime } from "../runtime/runtime.ts";
import type { OwnerPath } from "./owner.ts";

/** Who is in: 0 nobody; a unit's mark: in a step, or synchronously; a negative mark: as holder of the served lock. */
export const OWNER = 0;
/** Which gate is in as holder: marks repeat after many threads. Set and compared together with a negative owner. */
const HOLDER = 1;
/** 1: the holder of the served lock waits to be told that the word is free. */
export const AWAITED = 2;
const BYTES = 16;
/** As many tries take longer than a step. */
const TRIES = 100;
/** A process has at most 22 bits of a number on Linux; the rest tells its threads apart. */
const PID_BITS = 22;
const THREADS = 2 ** 9;
/** How long the head of the line waits before it looks whether the owner died, who then tells nobody. */
const LOOK_AFTER = 500;
const LONGEST_NAP = 1;
const LATE = Symbol("late");

/** What a gate needs of the served lock. */
export interface GateBell {
  /** Resolves at the next `ring`, or at one that nobody heard. */
  heard(): Promise<unknown>;
  ring(): void;
}

/** How long to wait for the word. */
export interface GateLimits {
  /** By `performance.now()`. */
  readonly end: number;
  readonly signal: AbortSignal | null | undefined;
}

const me = runtime.pid + (runtime.threadId % THREADS) * 2 ** PID_BITS;
/** One per word and unit: what this unit holds is counted there. */
const mapped = new Map<string, WeakRef<Gate>>();
const shared = new WeakMap<SharedArrayBuffer, WeakRef<Gate>>();
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** The word, as one unit sees it. */
export class Gate {
  /** Who can reach it. */
  readonly reach: Reach;
  #address: BlockAddress | null;
  #made: Int32Array | null = null;
  /** Holds through the served lock, by scope. */
  readonly #holds = new Map<number, number>();
  #sync = { scope: 0, count: 0 };
  /** What this unit left in the word last. */
  #mark = 0;
  readonly #token = Math.random() * 2 ** 32 | 0;
  #hearing: Promise<void> | null = null;

  private constructor(address: BlockAddress | null, reach: Reach) {
    this.#address = address;
    this.reach = reach;
  }

  /** A new one; memory is taken at the first use. */
  static create(reach: Reach): Gate {
    return new Gate(null, reach);
  }

  /** One that a lock from elsewhere brought. @throws {SerializationError} when the state is none. */
  static revive(state: unknown): Gate {
    const address = checkedAddress(state);
    const gate = knownAt(address) ?? new Gate(address, reachOf(address));
    remember(address, gate);
    return gate;
  }

  /** What travels. */
  get state(): BlockAddress {
    void this.words;
    return this.#address!;
  }

  /** The memory: {@linkcode OWNER}, {@linkcode AWAITED}. */
  get words(): Int32Array {
    if (this.#made !== null) return this.#made;
    const block = this.#address === null ? allocate(BYTES, this.reach) : attachBlock(this.#address, BYTES);
    this.#address = block.address;
    remember(block.address, this);
    return this.#made = new Int32Array(block.buffer, block.offset, BYTES / Int32Array.BYTES_PER_ELEMENT);
  }

  /** Whether the first scope of the path is in; synchronously, also one around it. */
  isIn(path: OwnerPath): boolean {
    return this.#holds.has(path[0]!) || this.#sync.count > 0 && path.includes(this.#sync.scope);
  }

  /** Whether somebody is in. */
  get isTaken(): boolean {
    return Atomics.load(this.words, OWNER) !== 0;
  }

  /** Lets the holder of the served lock in. A promise while somebody is in synchronously: `false` when it could not be in time, or the signal's reason. */
  enter(path: OwnerPath, bell: GateBell, limits: GateLimits): true | Promise<boolean> {
    return this.#tryEnter(path) || this.#wait(() => this.#tryEnter(path), bell, limits);
  }

  /** Undoes one `enter` of a scope that is in, before the served lock is freed. */
  leave(scope: number, bell: GateBell): void {
    const count = this.#holds.get(scope);
    if (count === undefined) return;
    if (count > 1) this.#holds.set(scope, count - 1);
    else this.#holds.delete(scope);
    this.#left(bell);
  }

  /** Undoes all `enter`s, and `enterSync`s beside them. @returns what does them again */
  leaveAll(bell: GateBell): () => true | Promise<boolean> {
    const [holds, sync] = [[...this.#holds], this.#sync];
    this.#holds.clear();
    this.#sync = { scope: 0, count: 0 };
    this.#open(bell);
    const retake = () => {
      if (this.#isMine || !this.#takeAsHolder()) return false;
      for (const [scope, count] of holds) this.#holds.set(scope, count);
      this.#sync = sync;
      return true;
    };
    return () => retake() || this.#wait(retake, bell, { end: Infinity, signal: null });
  }

  /** Blocks the thread until this scope is in, or the time is over. @throws {Error} when this unit itself keeps it shut: it would wait for ever. */
  enterSync(path: OwnerPath, milliseconds: number): boolean {
    const [scope] = path as [number];
    if (this.isIn(path)) {
      if (this.#sync.count === 0) this.#sync.scope = scope;
      this.#sync.count++;
      return true;
    }
    const isOwn = this.#isMine;
    if (isOwn && milliseconds > 0) throw new Error("another scope of this unit holds it, which cannot go on meanwhile");
    if (isOwn || !this.#spinOrSleep(milliseconds)) return false;
    this.#sync = { scope, count: 1 };
    return true;
  }

  /** Undoes one `enterSync`. @returns `false`: this scope is not in. */
  leaveSync(path: OwnerPath, bell: GateBell): boolean {
    if (this.#sync.count === 0 || !path.includes(this.#sync.scope)) return false;
    this.#sync.count--;
    this.#left(bell);
    return true;
  }

  /** To be called after a step that took the word itself: somebody may wait for it. */
  tell(bell: GateBell): void {
    if (Atomics.exchange(this.words, AWAITED, 0) === 1) bell.ring();
  }

  get #isMine(): boolean {
    return this.#holds.size > 0 || this.#sync.count > 0;
  }

  #tryEnter(path: OwnerPath): boolean {
    const [scope] = path as [number];
    const isForeign = this.#sync.count > 0 && !path.includes(this.#sync.scope);
    if (isForeign || !this.#isMine && !this.#takeAsHolder()) return false;
    this.#holds.set(scope, (this.#holds.get(scope) ?? 0) + 1);
    return true;
  }

  #left(bell: GateBell): void {
    if (!this.#isMine) return this.#open(bell);
    // Who is in both ways may leave either way first: the mark tells others which one is left.
    const mark = this.#holds.size > 0 ? -me : me;
    if (mark === this.#mark) return;
    // Nobody else writes it while the mark is positive.
    if (mark < 0) Atomics.store(this.words, HOLDER, this.#token);
    Atomics.compareExchange(this.words, OWNER, -mark, mark);
    this.#mark = mark;
  }

  #open(bell: GateBell): void {
    // After the served lock was freed, its next holder may have come in already, as from one that died.
    if (this.#mark > 0) Atomics.compareExchange(this.words, OWNER, me, 0);
    else this.#replaceHolder(-me, this.#token, 0);
    this.#mark = 0;
    this.tell(bell);
  }

  #takeAsHolder(): boolean {
    for (let tries = 0; tries < TRIES; tries++) {
      const owner = Atomics.load(this.words, OWNER);
      // A negative one: only the holder of the served lock is in like this. It died, for the lock is here.
      if (owner <= 0 && this.#enterAsHolder(owner)) return true;
    }
    const dead = this.#deadOwner();
    return dead !== 0 && this.#enterAsHolder(dead);
  }

  #enterAsHolder(owner: number): boolean {
    if (!this.#replaceHolder(owner, Atomics.load(this.words, HOLDER), -me)) return false;
    this.#mark = -me;
    return true;
  }

  /** Both words in one step. @returns whether they were as expected */
  #replaceHolder(owner: number, holder: number, mark: number): boolean {
    const { buffer, byteOffset } = this.words;
    const expected = pair(owner, holder);
    return Atomics.compareExchange(new BigInt64Array(buffer, byteOffset, 1), 0, expected, pair(mark, this.#token)) === expected;
  }

  /** The mark of a process that died while it was in; 0: there is none. */
  #deadOwner(): number {
    const owner = Atomics.load(this.words, OWNER);
    const pid = Math.abs(owner) % 2 ** PID_BITS;
    return owner === 0 || pid === runtime.pid || runtime.namedMemory().isRunning(pid) ? 0 : owner;
  }

  async #wait(attempt: () => boolean, bell: GateBell, { end, signal }: GateLimits): Promise<boolean> {
    for (;;) {
      // First, so that who leaves after the attempt rings.
      Atomics.store(this.words, AWAITED, 1);
      if (attempt()) return true;
      const timeout = end - performance.now();
      if (timeout <= 0) return false;
      // Scopes of this unit may wait side by side: they listen together.
      this.#hearing ??= ringOrDeath(bell).finally(() => this.#hearing = null);
      try {
        await within(this.#hearing, { timeout, signal }, () => LATE);
      } catch (error) {
        if (error !== LATE) throw error;
      }
    }
  }

  #spinOrSleep(milliseconds: number): boolean {
    const end = performance.now() + milliseconds;
    const takeFrom = (owner: number) => Atomics.compareExchange(this.words, OWNER, owner, me) === owner;
    for (let tries = 0, nap = 0.01;; tries++) {
      const dead = tries < TRIES ? 0 : this.#deadOwner();
      if (takeFrom(0) || dead !== 0 && takeFrom(dead)) {
        this.#mark = me;
        return true;
      }
      if (tries < TRIES) continue;
      const left = end - performance.now();
      if (left <= 0) return false;
      // No runtime can wait for a word of memory that is not its own.
      Atomics.wait(sleeper, 0, 0, Math.min(nap, left));
      nap = Math.min(nap * 2, LONGEST_NAP);
    }
  }
}

/** Who is in with one compare-and-swap of 0 and this, and out by storing 0. */
export const stepMark: number = me;

/** Owner and holder as they are in memory, little end first. */
function pair(owner: number, holder: number): bigint {
  return BigInt(holder) << 32n | BigInt(owner >>> 0);
}

function knownAt(address: BlockAddress): Gate | undefined {
  const found = "shared" in address ? shared.get(address.shared) : mapped.get(`${address.segment}:${address.offset}`);
  return found?.deref();
}

function remember(address: BlockAddress, gate: Gate): void {
  if ("shared" in address) shared.set(address.shared, new WeakRef(gate));
  else mapped.set(`${address.segment}:${address.offset}`, new WeakRef(gate));
}

async function ringOrDeath(bell: GateBell): Promise<void> {
  const stop = runtime.backgroundTimer(LOOK_AFTER, () => bell.ring());
  await bell.heard();
  stop();
}
