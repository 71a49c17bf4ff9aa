/** Native libraries on Deno. @module */
import { ProcessError } from "../base/errors.ts";
import type { CType, CValue, Library, OpenLibrary, Signature } from "./common/libc.ts";
import { howToGrant, isGranted } from "./common/permissions.ts";

type Native = (...args: (bigint | number | Uint8Array)[]) => unknown;
type NativeType = "i32" | "i64" | "usize" | "buffer" | "pointer";

interface DenoFfi {
  dlopen(file: string, symbols: Record<string, { parameters: NativeType[]; result: NativeType }>): { symbols: Record<string, Native> };
  UnsafePointer: { create(address: bigint): object };
  UnsafePointerView: { new (pointer: object): { getInt32(): number }; getArrayBuffer(pointer: object, length: number): ArrayBuffer };
}

const NATIVE: Readonly<Record<CType, NativeType>> = { int: "i32", long: "i64", address: "usize", bytes: "buffer" };

/** @throws {ProcessError} without the permission. */
export const openDenoLibrary: OpenLibrary = (files, signatures, errnoName) => {
  if (!isGranted({ name: "ffi" })) {
    throw new ProcessError(
      `Cannot map shared memory: this program lacks a permission, received none of --allow-ffi\n${howToGrant("--allow-ffi")}`,
    );
  }
  const { Deno } = globalThis as unknown as { Deno: DenoFfi };
  const symbols = firstOf(Deno, files, { ...definitionsOf(signatures), [errnoName]: { parameters: [], result: "pointer" } });
  const functions: Record<string, (...args: CValue[]) => number> = {};
  for (const [name, [parameters]] of Object.entries<Signature>(signatures)) {
    const native = symbols[name]!;
    const wide = parameters.map((type) => type === "long" || type === "address");
    functions[name] = (...args) => Number(native(...args.map((value, at) => wide[at] ? BigInt(value as number) : value)));
  }
  return {
    functions: functions as Library<keyof typeof signatures & string>["functions"],
    view: (address, length) => Deno.UnsafePointerView.getArrayBuffer(Deno.UnsafePointer.create(BigInt(address)), length),
    errno: () => new Deno.UnsafePointerView(symbols[errnoName]!() as object).getInt32(),
  };
};

function definitionsOf(signatures: Readonly<Record<string, Signature>>): Record<string, { parameters: NativeType[]; result: NativeType }> {
  return Object.fromEntries(
    Object.entries(signatures).map(([name, [parameters, result]]) => [
      name,
      { parameters: parameters.map((type) => NATIVE[type]), result: NATIVE[result] },
    ]),
  );
}

function firstOf(deno: DenoFfi, files: readonly string[], definitions: Parameters<DenoFfi["dlopen"]>[1]): Record<string, Native> {
  const failures: unknown[] = [];
  for (const file of files) {
    try {
      return deno.dlopen(file, definitions).symbols;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new ProcessError(`Cannot map shared memory: the C library does not load, received ${String(failures[0])}`, { cause: failures[0] });
}
