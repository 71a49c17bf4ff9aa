/** How objects show themselves in `console.log`. @module */

/** The method that Node's and Bun's `inspect` call. */
export const inspectNode: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
/** The method that Deno's `inspect` calls. */
export const inspectDeno: unique symbol = Symbol.for("Deno.customInspect") as never;
