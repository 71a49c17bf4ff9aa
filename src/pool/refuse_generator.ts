/** A generator as the result of a task. @module */
import { SerializationError } from "../base/errors.ts";

/** Refuses a result that would have to go on running in the worker, and says what to do instead. @throws {SerializationError} */
export function refuseGenerator(value: unknown): void {
  if (typeof value !== "object" || value === null || typeof (value as { next?: unknown }).next !== "function") return;
  const async = Symbol.asyncIterator in value;
  if (!async && !(Symbol.iterator in value)) return;
  const collect = async ? "for await (const item of items()) all.push(item);" : "all.push(...items());";
  throw new SerializationError(
    `Cannot return ${async ? "an async iterator" : "an iterator"} from a task: it would have to go on running in the worker
Collect it in the task, or send its items through a Queue that the task is given:

    const all = [];
    ${collect}
    return all;
`,
  );
}
