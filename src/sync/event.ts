/** The public `Event`. @module */
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { ServedRef } from "../server/handle.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import { registerHandle } from "../wire/handles.ts";
import type { EventStatistics } from "./event_object.ts";

export type { EventStatistics } from "./event_object.ts";

let revive: (ref: ServedRef) => Event;
let refOf: (event: Event) => ServedRef;

/**
 * A flag between units that any of them may raise, lower or wait for. Starts lowered.
 *
 * - **Waking**: `set()` wakes everybody who waits, with `true`, also when `clear()` follows at once.
 * - **Death**: a waiter that died never holds up `set()`.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: `set()` does not wait until those it wakes have woken.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const event = new mp.Event();
 * assert.equal(await event.wait({ timeout: 0 }), false);
 * const waiting = event.wait();
 * await event.set();
 * assert.equal(await waiting, true);
 * ```
 */
export class Event {
  #ref: ServedRef;
  /** The flag as this handle last knew it. */
  #known = "unset";

  readonly #learn = (set: boolean) => {
    this.#known = set ? "set" : "unset";
    return set;
  };

  static {
    revive = (ref) => {
      const event = new Event();
      event.#ref = ref;
      event.#known = "unknown";
      return event;
    };
    refOf = (event) => event.#ref;
  }

  /** Makes an event whose flag is down. Starts nothing; the first use does. */
  constructor() {
    registerEvent();
    this.#ref = ServedRef.create("Event", null);
  }

  /** Raises the flag and wakes everybody who waits. Does not wait for them. */
  set(): Promise<void> {
    this.#known = "set";
    return this.#ref.call<void>("set", [], { verb: "set" });
  }

  /** Lowers the flag. Who was woken by an earlier `set()` stays woken. */
  clear(): Promise<void> {
    this.#known = "unset";
    return this.#ref.call<void>("clear", [], { verb: "clear" });
  }

  /** Whether the flag is up. */
  isSet(): Promise<boolean> {
    return this.#ref.call<boolean>("isSet", [], { verb: "look at", read: this.#learn });
  }

  /**
   * Waits until the flag is up.
   *
   * @param options `timeout` in milliseconds (0: do not wait), `signal`. Default: wait for ever.
   * @returns `true`, or `false` when it did not go up in time.
   * @throws {TypeError} a bad option. The signal's reason, when aborted. `BrokenPipeError` when the unit that made the event has ended.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    try {
      checkWaitOptions(options);
    } catch (error) {
      return failed(error);
    }
    const block = timeoutOf(options?.timeout) > 0;
    return this.#ref.call<boolean>("wait", [block], { verb: "wait for", wait: options, late: false, read: this.#learn });
  }

  /** A snapshot for debugging: the flag, and how many wait for it. */
  async statistics(): Promise<EventStatistics> {
    return Object.freeze(await this.#ref.call<EventStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<Event set>`: the flag as this handle last knew. */
  [inspectNode](): string {
    return `<Event ${this.#known}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}

let registered = false;

/** Lets events travel. */
export function registerEvent(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Event",
    class: Event,
    reduce: (event, wait, carry) => refOf(event).reduce(wait, carry),
    revive: (state) => revive(ServedRef.revive("Event", state)),
  });
}
