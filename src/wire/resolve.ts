/** The table of references of a message, on the reading side. @module */
import { corrupt } from "./corrupt.ts";
import { UNRESOLVED } from "./decoder.ts";
import type { FunctionHooks, PlainValue, SharedMemoryHooks } from "./hooks.ts";
import { Reader } from "./reader.ts";
import { loadHandleGroup } from "./handles.ts";
import { isThenable } from "./references.ts";
import { REFERENCE_FUNCTION, REFERENCE_HANDLES, REFERENCE_MEMORY, REFERENCE_MISSING, REFERENCE_OPTIONAL } from "./tags.ts";

const kinds = [REFERENCE_FUNCTION, REFERENCE_MEMORY, REFERENCE_HANDLES];

interface Hooks {
  functions?: FunctionHooks;
  sharedMemory?: SharedMemoryHooks;
  handles?: boolean;
}

interface Entry {
  kind: number;
  optional: boolean;
  /** `undefined`: the sender had none after all. */
  message: Uint8Array | undefined;
}

/** Reads the table and resolves every reference. @param decode Decodes a reference itself, which has no references of its own. */
export function decodeReferences(
  message: Uint8Array,
  hooks: Hooks,
  decode: (reference: Uint8Array) => unknown,
): { start: number; references: unknown[] | Promise<unknown[]> } {
  const reader = new Reader();
  reader.open(message);
  reader.pos = 1;
  const entries = readEntries(reader);
  const results = entries.map((entry) =>
    entry.message === undefined ? UNRESOLVED : resolve(entry, hooks, decode(entry.message) as PlainValue)
  );
  if (!results.some(isThenable)) {
    const failed = results.find((result) => result instanceof Failure);
    if (failed instanceof Failure) throw failed.error;
    return { start: reader.pos, references: results };
  }
  const references = Promise.all(results.map(async (result) => {
    const settled = await result;
    if (settled instanceof Failure) throw settled.error;
    return settled;
  }));
  return { start: reader.pos, references };
}

function readEntries(reader: Reader): Entry[] {
  const count = reader.count();
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const first = reader.byte();
    const kind = first & ~(REFERENCE_OPTIONAL | REFERENCE_MISSING);
    const optional = (first & REFERENCE_OPTIONAL) !== 0;
    const missing = (first & REFERENCE_MISSING) !== 0;
    if (!kinds.includes(kind) || (missing && !optional)) {
      throw corrupt("a reference is of no known kind");
    }
    entries.push({ kind, optional, message: missing ? undefined : reader.raw(reader.count()) });
  }
  return entries;
}

/** A reference that could not be resolved and is needed. */
class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/** Never throws and never rejects: what resolving led to, or why it failed. */
function resolve({ kind, optional }: Entry, hooks: Hooks, reference: PlainValue): unknown {
  const failed = (error: unknown) => optional ? UNRESOLVED : new Failure(error);
  if (kind === REFERENCE_HANDLES) return load(hooks, reference)?.then(() => UNRESOLVED, failed) ?? UNRESOLVED;
  const by = kind === REFERENCE_FUNCTION ? hooks.functions : hooks.sharedMemory;
  if (by === undefined) {
    return failed(corrupt(kind === REFERENCE_FUNCTION ? "functions are not accepted here" : "shared memory is not accepted here"));
  }
  try {
    const result: unknown = by.resolve(reference);
    return isThenable(result) ? Promise.resolve(result).catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

/** Loads a group of handle types; what it is needed for refuses itself where it is not accepted or not known. */
function load({ handles = true }: Hooks, name: PlainValue): Promise<unknown> | null {
  return handles && typeof name === "string" ? loadHandleGroup(name) : null;
}
