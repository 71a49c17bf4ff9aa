/** Runs a program that can map no memory: on Deno without the permission, on Node without the package. */
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ownRuntime } from "./on_path.ts";
import { type ProgramResult, runProgram } from "./run_program.ts";

/** Why that cannot be had here, or `false`. */
export const alwaysMapsMemory: string | false = ownRuntime === "bun" && "Bun can always map memory";

/** Runs it; on Node a copy, which must not import its neighbours. @param args Its arguments. */
export async function runWithoutMemory(program: URL, args: string[] = []): Promise<ProgramResult> {
  if (ownRuntime === "deno") {
    const execArgv = ["--no-prompt", ...["read", "write", "run", "env", "net", "sys"].map((name) => `--allow-${name}`)];
    return await runProgram(program, args, { execArgv });
  }
  // A copy of the package, and of what else it needs, in a folder from where no koffi is found.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "koffi-"));
  try {
    const installed = path.join(folder, "node_modules", "@fenshen", "multiprocessing");
    const { resolve } = createRequire(import.meta.url);
    const own = path.dirname(resolve("@fenshen/multiprocessing"));
    fs.cpSync(own, installed, { recursive: true, filter: (file) => !/node_modules|tests|docs|scripts/.test(path.relative(own, file)) });
    const [lexer] = createRequire(own).resolve("es-module-lexer").split(/(?<=[\\/]es-module-lexer)[\\/]/) as [string];
    fs.cpSync(lexer, path.join(folder, "node_modules", "es-module-lexer"), { recursive: true, dereference: true });
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const copy = path.join(folder, "program.js");
    fs.copyFileSync(fileURLToPath(program), copy);
    return await runProgram(copy, args);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
