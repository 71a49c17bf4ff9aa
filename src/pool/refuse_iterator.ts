/** A generator, or anything else that gives its items later, as the result of a task. @module */
import { SerializationError } from "../base/errors.ts";
import { handleTypeOf } from "../wire/handles.ts";
import { reducerOf } from "../wire/reducer.ts";

/** Refuses a result that would have to go on running in the worker, and says what to do instead. @throws {SerializationError} */
export function refuseIterator(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const { next, [Symbol.asyncIterator]: later } = value as { next?: unknown; [Symbol.asyncIterator]?: unknown };
  const isAsync = typeof later === "function";
  if (!isAsync && !(typeof next === "function" && Symbol.iterator in value)) return;
  // A queue or a connection is an asynchronous iterable too, and travels, and so does what has a reducer.
  if (handleTypeOf(value) !== undefined || reducerOf(Object.getPrototypeOf(value)) !== undefined) return;
  const [what, collect] = isAsync
    ? ["an async iterable", "for await (const item of items()) all.push(item);"]
    : ["an iterator", "all.push(...items());"];
  throw new SerializationError(
    `Cannot return ${what} from a task: it would have to go on running in the worker
Collect it in the task, or send its items through a Queue that the task is given, or by currentTask().report():

    const all = [];
    ${collect}
    return all;
`,
  );
}
