/** Connections that have not shown yet who they are: a limit of time and one of number, so that none of them can do harm. @module */
import { TimeoutError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";

/** The longest delay a timer takes, in milliseconds: 24 days, for ever. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends the connection of a stranger. */
type Abandon = (why: unknown) => void;

/** The strangers of one listening socket. */
export class Strangers {
  readonly #deadline: number;
  readonly #most: number;
  readonly #all = new Set<Abandon>();

  /**
   * @param deadline How long each may take, in milliseconds.
   * @param most How many there may be; of more, the one that has had the most time is sent away. More than a system hands over in one turn of
   * the event loop: whoever waited while the thread was busy must not be taken for slow.
   */
  constructor(deadline: number, most: number) {
    this.#deadline = deadline;
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Watches one until `over` settles: it is known, or gone. */
  watch(abandon: Abandon, over: Promise<unknown>): void {
    if (this.#all.size >= this.#most) this.#sendOldestAway();
    this.#all.add(abandon);
    const stop = runtime.backgroundTimer(Math.min(this.#deadline, LONGEST_TIMER), () => abandon(tooSlow(this.#deadline)));
    over.then(() => {
      stop();
      this.#all.delete(abandon);
    });
  }

  /** Sends all away. */
  sendAway(why: unknown): void {
    for (const abandon of this.#all) abandon(why);
  }

  #sendOldestAway(): void {
    for (const oldest of this.#all) {
      this.#all.delete(oldest);
      return oldest(new TimeoutError(`Cannot authenticate: the handshake was not finished when ${this.#most} others had begun theirs`));
    }
  }
}

function tooSlow(deadline: number): TimeoutError {
  return new TimeoutError(`Cannot authenticate: the other side did not finish the handshake within ${deadline} ms; has it a key?`);
}
