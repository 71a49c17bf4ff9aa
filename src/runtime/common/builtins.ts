/**
 * Modules of the runtime that not every unit needs, each loaded at its first use: together they are a tenth of what the start of a child costs.
 * What every unit needs is imported where it is used.
 *
 * @module
 */
import process from "node:process";

/** The modules. Asking once more takes less than a microsecond. */
export const node = {
  get childProcess() {
    return process.getBuiltinModule("node:child_process");
  },
  get console() {
    return process.getBuiltinModule("node:console");
  },
  get crypto() {
    return process.getBuiltinModule("node:crypto");
  },
  get fs() {
    return process.getBuiltinModule("node:fs");
  },
  get module() {
    return process.getBuiltinModule("node:module");
  },
  get net() {
    return process.getBuiltinModule("node:net");
  },
  get os() {
    return process.getBuiltinModule("node:os");
  },
  get util() {
    return process.getBuiltinModule("node:util");
  },
};
