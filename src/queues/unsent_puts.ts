/** The puts of one handle that are not settled: what `joinThread` and the end of the unit wait for. @module */
import { trackPending, untrackPending } from "../base/pending.ts";
import { hold, letGo } from "../server/keep_alive.ts";

/** Counts puts under way. While there are any, the unit stays alive, until they are abandoned. */
export class UnsentPuts {
  #count = 0;
  #abandoned = false;
  /** Settles when the count is back at 0. */
  #settled: Promise<void> = Promise.resolve();
  #setSettled: () => void = () => {};

  /** A put begins. */
  begin(): void {
    if (this.#count++ > 0) return;
    this.#settled = new Promise((resolve) => (this.#setSettled = resolve));
    if (this.#abandoned) return;
    trackPending(this.#settled);
    hold();
  }

  /** A put has been settled, well or not. */
  end(): void {
    if (--this.#count > 0) return;
    this.#setSettled();
    if (!this.#abandoned) letGo();
  }

  /** Resolves when no put is under way any more. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** Nothing waits for them any more: those under way, and those to come. */
  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    if (this.#count === 0) return;
    untrackPending(this.#settled);
    letGo();
  }
}
