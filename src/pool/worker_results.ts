/** The outcomes of a task on their way out of the worker. @module */
import type { Channel } from "../connection/channel.ts";
import { resultsFrame } from "./protocol.ts";

/** Outcomes wait at most so many milliseconds for company. */
const LONGEST_WAIT = 1;

/** Gathers outcomes; many small ones leave in one frame. */
export class Results {
  readonly #channel: Channel;
  #task = 0;
  #statuses: number[] = [];
  #outcomes: Uint8Array[] = [];
  #since = 0;

  /** @param channel Where they go. */
  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Begins a task. */
  begin(task: number): void {
    this.#task = task;
    this.#since = 0;
  }

  /** Adds the outcome of the next item. */
  add(status: number, outcome: Uint8Array): void {
    this.#statuses.push(status);
    this.#outcomes.push(outcome);
  }

  /**
   * Whether what is here must have left before the next item begins, because that may take long, or end the worker. When results
   * are taken one by one (`stream`): always, so that it is known which item ended a worker. Else a map loses all its results with a worker anyway.
   */
  mustLeave(stream: boolean): boolean {
    if (this.#outcomes.length === 0) return false;
    if (stream) return true;
    const now = performance.now();
    if (this.#since === 0) this.#since = now;
    return now - this.#since >= LONGEST_WAIT;
  }

  /** Sends what is here, and waits until it has left this unit. */
  leave(): Promise<void> {
    this.send();
    return this.#channel.flushed();
  }

  /** Sends what is here. */
  send(): void {
    if (this.#outcomes.length === 0) return;
    this.#channel.send(resultsFrame(this.#task, this.#statuses, this.#outcomes));
    this.#statuses = [];
    this.#outcomes = [];
    this.#since = 0;
  }
}
