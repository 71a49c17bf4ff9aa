/** What an end has promised to deliver keeps the program alive, and the unit from ending, until it has left. @module */
import { trackPending } from "../base/pending.ts";
import { runtime } from "../runtime/runtime.ts";
import type { PipeLink } from "./pipe_link.ts";
import type { Outbox } from "./pipe_outbox.ts";

/** Keeps the program alive, and the unit from ending, until a promise settles. */
export function stay(work: Promise<void>): void {
  const letGo = runtime.keepAlive();
  trackPending(work).then(letGo, letGo);
}

/** Watches an outbox from a first message until nothing is left of it in this unit. */
export class Flush {
  readonly #outbox: Outbox;
  readonly #link: () => PipeLink | null;
  #underWay = false;

  /** @param link The way to the other end at the moment of the call. */
  constructor(outbox: Outbox, link: () => PipeLink | null) {
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
    let link: PipeLink | null;
    do {
      await this.#outbox.emptied();
      link = this.#link();
      await link?.flushed();
    } while (!this.#outbox.isEmpty || link !== this.#link());
    this.#underWay = false;
  }
}
