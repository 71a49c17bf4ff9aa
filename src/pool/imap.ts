/** The inner side of `imap`: draws items as far as its window allows, makes tasks of them, brings the outcomes in order. @module */
import { Deque } from "../base/deque.ts";
import { timeoutOf, watchLimits } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { type Waiter, WaitQueue } from "../base/wait_queue.ts";
import type { Audience, Undo } from "../reference/value.ts";
import { discard, type Encoded, encodeItem, undo } from "./carried.ts";
import type { FunctionRecord } from "./functions.ts";
import type { Outcome, OutcomeSource } from "./imap_iterator.ts";
import { ItemSource } from "./item_source.ts";
import { tellListener } from "./listener.ts";
import { graceOf, type TaskOptions } from "./options.ts";
import { STREAM } from "./protocol.ts";
import { atCall, type CallSite } from "./remote_error.ts";
import { type Task, taskOf, type TaskOwner } from "./task.ts";

/** What an imap needs of its pool. */
export interface ImapPool {
  submit(task: Task): void;
  /** It draws no more items. */
  closed(imap: Imap<unknown>): void;
  /** Who decodes an item. */
  audience(retries: number): Audience;
}

/** How an imap works. */
export interface ImapPlan {
  site: CallSite;
  ordered: boolean;
  /** Items a task. */
  chunksize: number;
  /** Items that may be drawn and not taken. */
  window: number;
  /** The window is the default one, which gives way when somebody waits for the pool's end. */
  mayWiden: boolean;
  /** Its limits, retries and reports. */
  options: TaskOptions;
}

/** One call of `imap` or `imapUnordered`. */
export class Imap<R> implements TaskOwner, OutcomeSource<R> {
  readonly site: CallSite;
  /** Nobody wants outcomes any more. */
  settled = false;
  /** What is called for each item; set before the start. */
  fn!: FunctionRecord;
  readonly #pool: ImapPool;
  readonly #plan: ImapPlan;
  readonly #items: ItemSource;
  readonly #tasks = new Set<Task>();
  readonly #line = new WaitQueue<Outcome<R>>();
  /** Outcomes in the order in which they are given out. */
  readonly #ready = new Deque<Outcome<R>>();
  /** Outcomes of later items, where order counts. */
  readonly #early = new Map<number, Outcome<R>>();
  #chunk: Encoded[] = [];
  /** What to call when that chunk is never sent. */
  #carried: Undo[] = [];
  /** Items drawn so far. */
  #drawn = 0;
  /** Outcomes that have come. */
  #come = 0;
  /** The number of the item whose outcome goes to `#ready` next. */
  #head = 0;
  /** Outcomes given out. */
  #taken = 0;
  #wide = false;
  #stopWatch: () => void = () => {};
  #exhausted = false;

  /** @param pool What it needs of its pool. @param iterable What it draws from. @param plan How it works. */
  constructor(pool: ImapPool, iterable: Iterable<unknown> | AsyncIterable<unknown>, plan: ImapPlan) {
    this.#pool = pool;
    this.#plan = { ...plan, chunksize: Math.min(plan.chunksize, plan.window) };
    this.site = plan.site;
    this.#items = new ItemSource(iterable, {
      wanted: () => this.#hasRoom(),
      item: (value) => this.#draw(value),
      end: (failure) => this.#sourceEnded(failure),
    });
  }

  get retries(): number {
    return this.#plan.options.retries ?? 0;
  }

  get listens(): boolean {
    return typeof this.#plan.options.onReport === "function";
  }

  reported(index: number, value: unknown): void {
    tellListener(this, "onReport", () => this.#plan.options.onReport!(value, index));
  }

  /** Begins to watch the timeout and the signal. An aborted signal, or a timeout of 0, ends it here. */
  watch(): void {
    const { options } = this.#plan;
    const late = () => atCall(new TimeoutError(`Cannot finish the iteration: its timeout of ${options.timeout} ms has passed`), this.site);
    if (!options.signal?.aborted && timeoutOf(options.timeout) === 0) this.abort(late());
    else this.#stopWatch = watchLimits(options, (how) => this.abort(how.aborted ? how.reason : late()));
  }

  /** Begins to draw. */
  start(): void {
    this.#items.pull();
  }

  take(): Outcome<R> | null {
    const outcome = this.#ready.shift();
    if (outcome === undefined) return this.#isDone ? { done: true } : null;
    this.#given();
    return outcome;
  }

  park(): Waiter<Outcome<R>> {
    return this.#line.park(undefined);
  }

  async stop(): Promise<void> {
    if (this.settled) return this.#discardReady();
    this.#close();
    this.#line.wakeAll({ done: true });
    await this.#items.stop();
  }

  /** Ends everything with an error, which the next `next()` gets; what runs goes on, unheard. */
  fail(error: unknown): void {
    this.#end(error, (task) => task.state === "queued" && task.drop());
  }

  /** Ends everything with an error, and stops what runs. */
  abort(error: unknown): void {
    const grace = graceOf(this.#plan.options);
    this.#end(error, (task) => task.abort(error, grace));
  }

  /** Somebody waits for the pool to end: results are kept without limit from now on, so that a program which takes them afterwards can go on. */
  widen(): void {
    if (!this.#plan.mayWiden || this.#wide) return;
    this.#wide = true;
    this.#items.pull();
  }

  outcome(index: number, ok: boolean, value: unknown): void {
    this.#come++;
    this.#arrange(index, ok ? { ok, value: value as R } : { ok, error: value });
    if (this.#wide) this.#items.pull();
  }

  taskMade(task: Task): void {
    this.#tasks.add(task);
  }

  taskOver(task: Task): void {
    this.#tasks.delete(task);
  }

  get #isDone(): boolean {
    return this.settled || this.#exhausted && this.#come === this.#drawn && this.#ready.length === 0;
  }

  /** Even without a limit for results there is one for what is on its way, or an endless iterable would never let go. */
  #hasRoom(): boolean {
    return this.#drawn - (this.#wide ? this.#come : this.#taken) < this.#plan.window;
  }

  #draw(value: unknown): void {
    const index = this.#drawn++;
    const carried: Undo[] = [];
    let encoded: Encoded;
    try {
      encoded = encodeItem(value, "item", this.#pool.audience(this.retries), carried);
    } catch (error) {
      // It fails alone; those before it do not wait for it.
      this.#submitChunk(index);
      return this.outcome(index, false, error);
    }
    if (encoded instanceof Promise) {
      // It may fail alone, so it travels alone.
      this.#submitChunk(index);
      return this.#submit(index, [encoded], carried);
    }
    this.#chunk.push(encoded);
    if (carried.length > 0) this.#carried[this.#chunk.length - 1] = carried[0]!;
    if (this.#chunk.length >= this.#plan.chunksize) this.#submitChunk(index + 1);
  }

  #submitChunk(end: number): void {
    const [items, carried] = [this.#chunk, this.#carried];
    this.#chunk = [];
    this.#carried = [];
    if (items.length > 0) this.#submit(end - items.length, items, carried);
  }

  #submit(first: number, items: readonly Encoded[], carried: Undo[]): void {
    if (this.settled) return undo(carried);
    this.#pool.submit(taskOf(this.fn, this, items.length > 1 ? STREAM : 0, { first, items, carried }));
  }

  #discardReady(): void {
    for (let outcome = this.#ready.shift(); outcome !== undefined; outcome = this.#ready.shift()) discard(outcome);
    discard(this.#early);
    this.#early.clear();
  }

  #dropChunk(): void {
    this.#chunk = [];
    undo(this.#carried);
  }

  #sourceEnded(failure: { error: unknown } | null): void {
    this.#submitChunk(this.#drawn);
    this.#exhausted = true;
    if (failure !== null) {
      this.#come++;
      this.#arrange(this.#drawn++, { ok: false, error: failure.error });
    }
    this.#tellEnd();
    this.#pool.closed(this as Imap<unknown>);
  }

  #arrange(index: number, outcome: Outcome<R>): void {
    if (!this.#plan.ordered) this.#deliver(outcome);
    else if (index !== this.#head) this.#early.set(index, outcome);
    else {
      for (let next: Outcome<R> | undefined = outcome; next !== undefined; next = this.#early.get(this.#head)) {
        this.#early.delete(this.#head++);
        this.#deliver(next);
      }
    }
    this.#tellEnd();
  }

  #deliver(outcome: Outcome<R>): void {
    if (this.#line.wakeNext(outcome) === null) this.#ready.push(outcome);
    else this.#given();
  }

  #given(): void {
    this.#taken++;
    if (!this.settled) this.#items.pull();
  }

  #tellEnd(): void {
    // What has come may be taken at any time.
    if (this.settled || this.#exhausted && this.#come === this.#drawn) this.#stopWatch();
    if (!this.#isDone) return;
    this.#line.wakeAll({ done: true });
  }

  #end(error: unknown, end: (task: Task) => void): void {
    if (this.#isDone) return;
    const tasks = [...this.#tasks];
    this.#discardReady();
    this.settled = true;
    for (const task of tasks) end(task);
    this.#dropChunk();
    // Before the end: the one who waits longest gets the error.
    if (this.#line.wakeNext({ ok: false, error }) === null) this.#ready.push({ ok: false, error });
    this.#line.wakeAll({ done: true });
    this.#items.abandon();
    this.#stopWatch();
    this.#pool.closed(this as Imap<unknown>);
  }

  #close(): void {
    this.settled = true;
    this.#stopWatch();
    this.#discardReady();
    this.#dropChunk();
    for (const task of [...this.#tasks]) if (task.state === "queued") task.drop();
    this.#pool.closed(this as Imap<unknown>);
  }
}
