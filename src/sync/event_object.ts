/** The flag behind every {@linkcode Event} handle; lives in the object server. @module */
import { WaitQueue } from "../base/wait_queue.ts";
import type { Call, Client, ServedObject } from "../server/served.ts";

/** What `statistics()` tells. */
export interface EventStatistics {
  /** Whether the flag is set. */
  readonly set: boolean;
  /** How many wait for it. */
  readonly waiting: number;
}

/** A flag that many may wait for. Setting it never waits for those it wakes. */
export class EventObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["set", "clear", "isSet", "wait", "statistics"] as const;

  #set = false;
  readonly #waiters = new WaitQueue<true>();

  /** Raises the flag; whoever waits now is woken with `true`, also when the flag is lowered at once. */
  set(_call: Call): void {
    this.#set = true;
    this.#waiters.wakeAll(true);
  }

  /** Lowers the flag. */
  clear(_call: Call): void {
    this.#set = false;
  }

  /** Whether the flag is up. */
  isSet(_call: Call): boolean {
    return this.#set;
  }

  /** The flag; when it is down and `block` is true, waits until it has been set. */
  wait(call: Call, block: unknown): boolean | Promise<true> {
    if (this.#set || block !== true) return this.#set;
    const waiter = this.#waiters.park(undefined);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** A snapshot. */
  statistics(_call: Call): EventStatistics {
    return { set: this.#set, waiting: this.#waiters.length };
  }

  /** Nobody holds an event; its waiters have left the line already. */
  clientGone(_client: Client): void {}
}
