/** Native libraries on Bun. @module */
import { ProcessError } from "../base/errors.ts";
import { node } from "./common/builtins.ts";
import type { CType, CValue, Library, OpenLibrary, Signature } from "./common/libc.ts";

type NativeType = "i32" | "i64" | "ptr";

interface BunFfi {
  dlopen(file: string, symbols: Record<string, { args: NativeType[]; returns: NativeType }>): {
    symbols: Record<string, (...args: (CValue | null)[]) => number | bigint | null>;
  };
  toArrayBuffer(address: number, offset: number, length: number): ArrayBuffer;
  read: { i32(address: number, offset: number): number };
}

/** An address travels as a 64-bit integer: -1, which `mmap` answers, is none that fits a pointer. */
const NATIVE: Readonly<Record<CType, NativeType>> = { int: "i32", long: "i64", address: "i64", bytes: "ptr" };

/** @throws {ProcessError} when none of the libraries loads. */
export const openBunLibrary: OpenLibrary = (files, signatures, errnoName) => {
  // Not an import: the other runtimes read this module as well.
  const ffi = node.module.createRequire(import.meta.url)("bun:ffi") as BunFfi;
  const definitions = Object.fromEntries(
    Object.entries<Signature>(signatures).map(([name, [parameters, result]]) => [
      name,
      { args: parameters.map((type) => NATIVE[type]), returns: NATIVE[result] },
    ]),
  );
  const symbols = firstOf(ffi, files, { ...definitions, [errnoName]: { args: [], returns: "ptr" } });
  const functions: Record<string, (...args: CValue[]) => number> = {};
  for (const name of Object.keys(signatures)) {
    const native = symbols[name]!;
    functions[name] = (...args) => Number(native(...args));
  }
  return {
    functions: functions as Library<keyof typeof signatures & string>["functions"],
    view: (address, length) => ffi.toArrayBuffer(address, 0, length),
    errno: () => ffi.read.i32(Number(symbols[errnoName]!()), 0),
  };
};

function firstOf(ffi: BunFfi, files: readonly string[], definitions: Parameters<BunFfi["dlopen"]>[1]) {
  const failures: unknown[] = [];
  for (const file of files) {
    try {
      return ffi.dlopen(file, definitions).symbols;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new ProcessError(`Cannot map shared memory: the C library does not load, received ${String(failures[0])}`, { cause: failures[0] });
}
