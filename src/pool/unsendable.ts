/** A pool stays where it was made, and says so. @module */
import { SerializationError } from "../base/errors.ts";
import { registerHandle } from "../wire/handles.ts";
import { IMapIterator } from "./imap_iterator.ts";
import { BasePool } from "./pool.ts";
import { AsyncResult } from "./results.ts";

/** Makes a pool, and what its methods give, refuse to travel with a better reason than that their classes are unknown. */
export function registerPoolHandles(): void {
  refuse("Pool", BasePool, "a task that needs one makes its own: new Pool() works in every worker");
  refuse("AsyncResult", AsyncResult, "send what it gives: await result");
  refuse("IMapIterator", IMapIterator, "send what it gives: for await (const result of results)");
}

function refuse(type: string, cls: abstract new (...args: never[]) => object, advice: string): void {
  const refusal = () => new SerializationError(`Cannot send a ${type}: it belongs to the unit that made it; ${advice}`);
  registerHandle<object, unknown>({
    type,
    class: cls,
    reduce: () => {
      throw refusal();
    },
    revive: () => {
      throw refusal();
    },
  });
}
