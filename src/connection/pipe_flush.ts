/** What an end has promised to deliver keeps the program alive, and the unit from ending, until it has left. @module */
import { trackPending } from "../base/pending.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Outbox } from "./pipe_outbox.ts";

/** Keeps the program alive, and the unit from ending, until a promise settles. */
export function stay(work: Promise<void>): void {
  const letGo = runtime.keepAlive();
  trackPending(work).then(letGo, letGo);
}

/** A way out of this unit. */
interface Way {
  /** Resolves when everything sent so far has left this unit, or the way has ended. */
  flushed(): Promise<void>;
}

/** Watches an outbox from a first message until nothing is left of it in this unit. */
export class Flush {
  readonly #outbox: Outbox;
  readonly #link: () => Way | null;
  #underWay = false;

  /** @param link The way to the other end at the moment of the call. */
  constructor(outbox: Outbox, link: () => Way | null) {
    this.#outbox = outbox;
    this.#link = link;
  }

  /** A message was added. */
  begin(): void {
    if (this.#underWay) return;
    this.#underWay = true;
    stay(this.#done());
  }

  async #done(): Promise<void> {
    let link: Way | null;
    do {
      await this.#outbox.emptied();
      link = this.#link();
      await link?.flushed();
    } while (!this.#outbox.isEmpty || link !== this.#link());
    this.#underWay = false;
  }
}
