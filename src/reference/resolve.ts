/**
 * From a reference to its function, in the unit that runs it.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { globalFunction } from "./global_functions.ts";
import { references, rememberedExport, rememberExport } from "./cache.ts";
import { textMark, textOf } from "./describe.ts";
import { evaluate } from "./evaluate.ts";
import { importModule } from "./importing.ts";
import { adopt, exportNames, isUnfinished, lookInto } from "./known_modules.ts";
import { registeredTask, taskKeys } from "./task.ts";
import { parseReference } from "./validate.ts";
import type { AnyFunction, ExportReference, Reference, TaskReference } from "./types.ts";

/**
 * The function of a reference that came from elsewhere. Imports its module when that is needed.
 *
 * @throws {SerializationError} When the value is no reference, or what it refers to is not there; may be a rejection.
 */
export function resolveReference(value: unknown): AnyFunction | Promise<AnyFunction> {
  const reference = parseReference(value);
  const here = found(reference);
  if (here === undefined) return imported(reference as TaskReference | ExportReference);
  if (!references.has(here)) references.set(here, reference);
  return here;
}

/** What needs no import. */
function found(reference: Reference): AnyFunction | undefined {
  switch (reference.kind) {
    case "task":
      return registeredTask(reference.module, reference.key);
    case "export":
      return rememberedExport(reference);
    case "source":
      return evaluate(reference);
    case "global":
      return globalFunction(reference);
  }
}

async function imported(reference: TaskReference | ExportReference): Promise<AnyFunction> {
  const namespace = await namespaceOf(reference);
  if (reference.kind === "task") return taskOf(reference);
  const fn = asFunction(exportOf(namespace, reference), reference);
  requireSameText(fn, reference);
  rememberExport(reference, fn);
  return fn;
}

async function namespaceOf(reference: TaskReference | ExportReference): Promise<Record<string, unknown>> {
  // In a child the program's module is one like any other.
  if (!runtime.isChild && reference.module === runtime.entryUrl()) await requireFinished(reference);
  try {
    const namespace = await importModule(reference.module);
    adopt(reference.module, namespace);
    return namespace;
  } catch (error) {
    throw new SerializationError(`${cannotFind(reference)}: importing the module failed, received ${error}`, { cause: error });
  }
}

/** An import of the program's own module from within its top level would wait for ever. */
async function requireFinished(reference: TaskReference | ExportReference): Promise<void> {
  await lookInto([reference.module]);
  if (!isUnfinished(reference.module)) return;
  throw new SerializationError(
    `${cannotFind(reference)}: the module is the program itself, whose top level has not ended, received ${reference.module}\n` +
      `Register the function before it is needed:\n  task(import.meta, ${nameOf(reference)})`,
  );
}

function taskOf(reference: TaskReference): AnyFunction {
  const fn = registeredTask(reference.module, reference.key);
  if (fn !== undefined) return fn;
  const keys = taskKeys(reference.module).join(", ") || "none";
  throw new SerializationError(
    `${cannotFind(reference)}: importing the module did not register it; task() belongs at the top level, outside the main guard, ` +
      `received the tasks ${keys}`,
  );
}

function exportOf(namespace: Record<string, unknown>, reference: ExportReference): unknown {
  const names = exportNames(namespace);
  if (!names.includes(reference.name)) {
    throw new SerializationError(
      `${cannotFind(reference)}: the module has no such export, received the exports ${names.join(", ") || "none"}`,
    );
  }
  try {
    return namespace[reference.name];
  } catch (error) {
    throw new SerializationError(`${cannotFind(reference)}: the module is still being evaluated, received ${error}`, { cause: error });
  }
}

/** An export that has to be a function. */
export function asFunction(value: unknown, reference: ExportReference): AnyFunction {
  if (typeof value === "function") return value as AnyFunction;
  throw new SerializationError(
    `${cannotFind(reference)}: that export is not a function, received ${value === null ? "null" : typeof value}`,
  );
}

/** Matched by name only, it may have been another function of that name; each runtime prints texts in its own way. */
function requireSameText(fn: AnyFunction, reference: ExportReference): void {
  if (reference.text === undefined || reference.runtime !== `${runtime.name} ${runtime.version}`) return;
  if (textMark(textOf(fn)) === reference.text) return;
  throw new SerializationError(
    `${
      cannotFind(reference)
    }: the source of that export differs from the function that was sent, which may be a local one of the same name, ` +
      `received ${textOf(fn).slice(0, 60)}\nRegister the function that you mean:\n  task(import.meta, ${
        nameOf(reference)
      }, "another name")`,
  );
}

function cannotFind(reference: TaskReference | ExportReference): string {
  return reference.kind === "task"
    ? `Cannot find the task ${JSON.stringify(reference.key)} of ${reference.module}`
    : `Cannot find the export ${JSON.stringify(reference.name)} of ${reference.module}`;
}

function nameOf(reference: TaskReference | ExportReference): string {
  return reference.kind === "task" ? reference.key : reference.name;
}
