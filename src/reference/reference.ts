/**
 * Functions by reference: what the layers above use.
 *
 * @module
 */
export { describeFunction } from "./describe.ts";
export { referenceOf } from "./refer.ts";
export { resolveReference } from "./resolve.ts";
export type { AnyFunction, ExportReference, Reference, SourceForm, SourceReference, TaskReference } from "./types.ts";
