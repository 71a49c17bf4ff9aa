/**
 * The references that are known already. One per realm: a function has the same reference wherever it is sent.
 *
 * @module
 */
import type { AnyFunction, ExportReference, Reference } from "./types.ts";

/** References by function; a promise while one is being looked for. */
export const references = new WeakMap<AnyFunction, Reference | Promise<Reference>>();

const exported = new Map<string, AnyFunction>();

/** Notes that this function is that export, so that it is the same object when it comes back, also while its module is still being evaluated. */
export function rememberExport(reference: ExportReference, fn: AnyFunction): void {
  exported.set(exportKey(reference), fn);
  if (!references.has(fn)) references.set(fn, reference);
}

/** The function of a reference that was seen before. */
export function rememberedExport(reference: ExportReference): AnyFunction | undefined {
  return exported.get(exportKey(reference));
}

function exportKey({ module, name, text, runtime }: ExportReference): string {
  return JSON.stringify([module, name, text, runtime]);
}
