/** Where this unit stands among the threads of its process. @module */
import { runtime } from "../runtime/runtime.ts";

/** What a thread is told of its place. */
export interface Place {
  /** What its own threads are numbered after: `"2"` for Thread-2, whose first is Thread-2:1. Empty in a main thread. */
  label: string;
  /** The identifier of the main thread. */
  mainIdent: number;
}

let place: Place | null = null;
let numbered = 0;

/** The identifier of a thread: one more than the runtime's number, which is 0 in the first thread, since Python's are never 0. */
export function identOf(threadId: number): number {
  return threadId + 1;
}

/** The place of this unit; that of a main thread unless it was told otherwise. */
export function thisPlace(): Place {
  return place ??= { label: "", mainIdent: identOf(runtime.threadId) };
}

/** Says where this unit stands; called once, at the begin of a thread. */
export function takePlace(told: Place): void {
  place = told;
}

/** The number of the next thread that is not given a name: `"1"`, in a thread `"2:1"`. */
export function nextLabel(): string {
  const { label } = thisPlace();
  return `${label === "" ? "" : label + ":"}${++numbered}`;
}
