/** Native libraries on Node, which has no way to them of its own: through the package `koffi`, where it is installed. @module */
import { ProcessError } from "../base/errors.ts";
import { node } from "./common/builtins.ts";
import type { CType, CValue, Library, OpenLibrary, Signature } from "./common/libc.ts";

interface Koffi {
  load(file: string): { func(name: string, result: string, parameters: string[]): (...args: CValue[]) => number | bigint };
  view(address: number, length: number): ArrayBuffer;
  errno(): number;
}

const NATIVE: Readonly<Record<CType, string>> = { int: "int", long: "int64_t", address: "intptr_t", bytes: "uint8_t *" };

/** @throws {ProcessError} without the package, or when none of the libraries loads. */
export const openNodeLibrary: OpenLibrary = (files, signatures) => {
  const koffi = loadKoffi();
  const library = firstOf(koffi, files);
  const functions: Record<string, (...args: CValue[]) => number> = {};
  for (const [name, [parameters, result]] of Object.entries<Signature>(signatures)) {
    const native = library.func(name, NATIVE[result], parameters.map((type) => NATIVE[type]));
    functions[name] = (...args) => Number(native(...args));
  }
  return {
    functions: functions as Library<keyof typeof signatures & string>["functions"],
    view: (address, length) => koffi.view(address, length),
    errno: () => koffi.errno(),
  };
};

function loadKoffi(): Koffi {
  try {
    return node.module.createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND") {
      throw new ProcessError(
        "Cannot map shared memory: Node reaches it through the package koffi, received a program without it\n\n    npm install koffi",
        { cause: error },
      );
    }
    const hint = code === "ERR_DLOPEN_DISABLED" ? "\nStart it with --allow-addons" : "";
    throw new ProcessError(`Cannot map shared memory: the package koffi does not load, received ${String(error)}${hint}`, { cause: error });
  }
}

function firstOf(koffi: Koffi, files: readonly string[]): ReturnType<Koffi["load"]> {
  const failures: unknown[] = [];
  for (const file of files) {
    try {
      return koffi.load(file);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new ProcessError(`Cannot map shared memory: the C library does not load, received ${String(failures[0])}`, { cause: failures[0] });
}
