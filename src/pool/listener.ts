/** Functions of the caller that are told what happens on the way. @module */
import { formatError } from "../base/traceback.ts";
import { runtime } from "../runtime/runtime.ts";
import { isThenable } from "./thenable.ts";

/** The call that the function belongs to. */
export interface Listening {
  readonly settled: boolean;
  fail(error: unknown): void;
}

/** Tells one. What it throws, or rejects with, becomes the outcome of its call; when that has one already, it is printed. */
export function tellListener(call: Listening, name: string, tell: () => unknown): void {
  const failed = (error: unknown) => {
    if (!call.settled) return call.fail(error);
    runtime.writeError(`${name} failed after its call was over:\n${formatError(error)}\n`);
  };
  try {
    const answer = tell();
    if (isThenable(answer)) answer.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
