/** The messages that an end still has to send: those not accepted yet, whose senders wait, and those accepted. @module */
import { timeoutOf, type WaitOptions, watchLimits } from "../base/deadline.ts";
import { Deque } from "../base/deque.ts";
import { TimeoutError } from "../base/errors.ts";
import { HIGH_WATER_MARK } from "./channel.ts";

/** Bytes that may be accepted and not yet read by the other end. */
export const WINDOW = HIGH_WATER_MARK;

/** What a message counts in the window: empty ones must not be free, or their number had no bound. */
export function costOf(body: Uint8Array): number {
  return body.length + 64;
}

/** A message whose sender waits. */
interface Slot {
  /** `null` while it is being encoded. */
  body: Uint8Array | null;
  state: "waiting" | "accepted" | "refused";
  accept(): void;
  refuse(error: unknown): void;
}

/**
 * Messages leave in the order of the `send` calls, also when an earlier one takes longer to encode.
 * One is *accepted*, and its sender goes on, while the receiver has less than {@linkcode WINDOW} bytes unread.
 */
export class Outbox {
  readonly #waiting = new Deque<Slot>();
  readonly #accepted = new Deque<Uint8Array>();
  readonly #onReady: () => void;
  #load = 0;
  #unlimited = false;
  #broken: (() => Error) | null = null;
  #watchers: { reached: () => boolean; tell: () => void }[] = [];

  /** @param onReady Called when a message may have become ready to leave. */
  constructor(onReady: () => void) {
    this.#onReady = onReady;
  }

  /** Bytes accepted and, as far as this end knows, not read by the other one. */
  get load(): number {
    return this.#load;
  }

  /** Whether nothing is left to send. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#accepted.length === 0;
  }

  /** How many senders wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Adds a message; resolves when it is accepted. */
  add(body: Uint8Array | PromiseLike<Uint8Array>, options?: WaitOptions): Promise<void> {
    return this.#broken ? refuse(body, this.#broken) : this.#add(body, options);
  }

  #add(body: Uint8Array | PromiseLike<Uint8Array>, options?: WaitOptions): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let stop = () => {};
      const slot: Slot = {
        body: null,
        state: "waiting",
        accept: () => {
          slot.state = "accepted";
          stop();
          resolve();
        },
        refuse: (error) => {
          slot.state = "refused";
          slot.body = null;
          stop();
          reject(error);
        },
      };
      const giveUp = (error: unknown) => {
        if (slot.state !== "waiting") return;
        slot.refuse(error);
        this.#advance();
      };
      const ready = (bytes: Uint8Array) => {
        slot.body = bytes;
        this.#advance();
        if (timeoutOf(options?.timeout) === 0) giveUp(timedOut(options));
      };
      this.#waiting.push(slot);
      if (body instanceof Uint8Array) ready(body);
      else body.then(ready, giveUp);
      if (slot.state !== "waiting" || timeoutOf(options?.timeout) === 0) return;
      stop = watchLimits(options, (how) => giveUp(how.aborted ? how.reason : timedOut(options)));
    });
  }

  /** The next message that may leave. */
  shift(): Uint8Array | undefined {
    const body = this.#accepted.shift();
    this.#tell();
    return body;
  }

  /** The other end has read so many bytes more. */
  credit(bytes: number): void {
    this.#load = Math.max(0, this.#load - bytes);
    this.#advance();
  }

  /** Takes over what an earlier holder of this end has sent and the other end has not read. */
  inherit(load: number): void {
    this.#load += load;
  }

  /** From now on every message is accepted: there are only those that are here, and they must leave. */
  acceptAll(): void {
    this.#unlimited = true;
    this.#advance();
  }

  /** Nothing can leave any more: what waits is refused with this error, the rest forgotten. */
  break(error: () => Error): void {
    this.#broken = error;
    this.#accepted.clear();
    for (let slot = this.#waiting.shift(); slot; slot = this.#waiting.shift()) {
      if (slot.state === "waiting") slot.refuse(error());
    }
    this.#tell();
  }

  /** Resolves when nothing is left to send. */
  emptied(): Promise<void> {
    return this.#until(() => this.isEmpty);
  }

  /** Resolves when no sender waits; after {@linkcode acceptAll}: when all are encoded. */
  encoded(): Promise<void> {
    return this.#until(() => this.#waiting.length === 0);
  }

  #until(reached: () => boolean): Promise<void> {
    return reached() ? Promise.resolve() : new Promise((tell) => this.#watchers.push({ reached, tell }));
  }

  #advance(): void {
    for (let slot = this.#waiting.peek(); slot; slot = this.#waiting.peek()) {
      if (slot.state === "waiting" && (slot.body === null || this.#load >= WINDOW && !this.#unlimited)) break;
      this.#waiting.shift();
      if (slot.state === "refused") continue;
      this.#accepted.push(slot.body!);
      this.#load += costOf(slot.body!);
      slot.accept();
    }
    this.#onReady();
    this.#tell();
  }

  #tell(): void {
    if (this.#watchers.length === 0) return;
    const reached = this.#watchers.filter((watcher) => watcher.reached());
    this.#watchers = this.#watchers.filter((watcher) => !reached.includes(watcher));
    for (const watcher of reached) watcher.tell();
  }
}

/** A message that cannot be encoded says so, also where none could leave. */
async function refuse(body: Uint8Array | PromiseLike<Uint8Array>, error: () => Error): Promise<void> {
  await body;
  throw error();
}

function timedOut(options: WaitOptions | undefined): TimeoutError {
  return new TimeoutError(`Cannot send a message: the other end did not read within the timeout of ${options?.timeout} ms`);
}
