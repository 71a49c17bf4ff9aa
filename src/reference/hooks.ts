/**
 * What the wire format plugs in for functions and classes.
 *
 * @module
 */
import type { FunctionHooks, PlainValue } from "../wire/hooks.ts";
import { referenceOf } from "./refer.ts";
import { resolveReference } from "./resolve.ts";

/** Functions and classes travel by reference, by the four rules. */
export const functionHooks: FunctionHooks = {
  refer: (fn, where): PlainValue | Promise<PlainValue> => referenceOf(fn, where),
  resolve: (reference) => resolveReference(reference),
};
