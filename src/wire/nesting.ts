/**
 * How values inside values are walked: by recursion while it is shallow, which is fast, and on a stack of our own below that,
 * so that no depth of data can overflow the runtime's stack.
 *
 * @module
 */

/** An open container: `step` handles one more of the `left` parts of it. */
export interface Frame {
  left: number;
  step(): void;
}

/** Containers deeper than this are walked without recursion. */
const SHALLOW = 64;

/** Things that must be whole before they can be used (state of an instance, property of an error) recurse at most this often. */
const MAX_WHOLES = 128;

/** A point to come back to. */
export interface NestingMark {
  depth: number;
  frames: number;
  wholes: number;
  draining: boolean;
}

/** The open containers of one message. */
export class Nesting {
  /** How many containers are open. */
  depth = 0;
  /** Up to this depth a container may recurse by itself, without asking for `walk`. */
  shallow = SHALLOW;
  #limit = 0;
  #wholes = 0;
  #draining = false;
  readonly #frames: Frame[] = [];
  readonly #tooDeep: (limit: number) => Error;

  /** @param tooDeep The error for a value that is nested deeper than the limit. */
  constructor(tooDeep: (limit: number) => Error) {
    this.#tooDeep = tooDeep;
  }

  /** Begins a message. */
  reset(limit: number): void {
    this.#limit = limit;
    this.shallow = Math.min(SHALLOW, limit);
    this.depth = 0;
    this.#wholes = 0;
    this.#draining = false;
    if (this.#frames.length > 0) this.#frames.length = 0;
  }

  /** Walks a container, now or, when it is deep, as soon as the callers have returned. */
  walk(frame: Frame): void {
    if (this.depth >= this.#limit) throw this.#tooDeep(this.#limit);
    this.depth++;
    if (this.depth <= this.shallow) {
      for (; frame.left > 0; frame.left--) frame.step();
      this.depth--;
      return;
    }
    this.#frames.push(frame);
    if (this.#draining) return;
    this.#draining = true;
    this.#drain(this.#frames.length - 1);
    this.#draining = false;
  }

  /** Performs an action together with every container that it opens, one level deeper. */
  whole<T>(action: () => T): T {
    if (this.depth >= this.#limit || this.#wholes >= MAX_WHOLES) throw this.#tooDeep(Math.min(this.#limit, MAX_WHOLES));
    this.#wholes++;
    this.depth++;
    const base = this.#frames.length;
    const result = action();
    if (this.#draining) this.#drain(base);
    this.depth--;
    this.#wholes--;
    return result;
  }

  /** Where the walk is. */
  mark(): NestingMark {
    return { depth: this.depth, frames: this.#frames.length, wholes: this.#wholes, draining: this.#draining };
  }

  /** Goes back after a failure. */
  rewind(mark: NestingMark): void {
    this.depth = mark.depth;
    this.#frames.length = mark.frames;
    this.#wholes = mark.wholes;
    this.#draining = mark.draining;
  }

  #drain(base: number): void {
    const frames = this.#frames;
    while (frames.length > base) {
      const frame = frames[frames.length - 1]!;
      if (frame.left === 0) {
        frames.pop();
        this.depth--;
      } else {
        frame.left--;
        frame.step();
      }
    }
  }
}
