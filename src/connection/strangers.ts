/** Connections that have not shown yet who they are: a limit of time and one of number, so that none of them can do harm. @module */
import { TimeoutError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";

/** So many may be at it at once; of more, the one that has had the most time is sent away. */
const MOST_STRANGERS = 256;

/** The longest delay a timer takes, in milliseconds: 24 days, for ever. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends the connection of a stranger. */
type Abandon = (why: unknown) => void;

/** The strangers of one listening socket. */
export class Strangers {
  readonly #deadline: number;
  readonly #all = new Set<Abandon>();

  /** @param deadline How long each may take, in milliseconds. */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Watches one until `over` settles: it is known, or gone. */
  watch(abandon: Abandon, over: Promise<unknown>): void {
    if (this.#all.size >= MOST_STRANGERS) this.#sendOldestAway();
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
      return oldest(new TimeoutError(`Cannot authenticate: the handshake was not finished when ${MOST_STRANGERS} others had begun theirs`));
    }
  }
}

function tooSlow(deadline: number): TimeoutError {
  return new TimeoutError(`Cannot authenticate: the other side did not finish the handshake within ${deadline} ms; has it a key?`);
}
