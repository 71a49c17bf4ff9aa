/**
 * What functions by reference speak about.
 *
 * @module
 */

/** Anything that can be called or constructed: functions of all kinds, and classes. */
export type AnyFunction = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** How the text of a self-contained function is to be read. */
export type SourceForm = "expression" | "method";

// Type aliases, not interfaces: only those count as plain values with any key.

/** A function that was registered with `task()`: its module is imported, then its key looked up. */
export type TaskReference = {
  kind: "task";
  module: string;
  key: string;
};

/** A function that its module exports. */
export type ExportReference = {
  kind: "export";
  module: string;
  name: string;
  /** The mark of the source text, where the export was matched by its name only. */
  text?: string;
  /** The runtime and version whose text that is; any other prints functions in another way. */
  runtime?: string;
};

/** A self-contained function, as its source. */
export type SourceReference = {
  kind: "source";
  form: SourceForm;
  text: string;
  name: string;
  /** Globals in the text that not every runtime has; they are looked for before the function is made. */
  globals: string[];
};

/** A function of the runtime, by where it is found: `Math.sqrt`. */
export type GlobalReference = {
  kind: "global";
  path: string;
};

/** How a function travels: plain data. */
export type Reference = TaskReference | ExportReference | SourceReference | GlobalReference;
