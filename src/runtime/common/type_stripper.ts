/** How Node runs TypeScript: by a parser in WebAssembly, loaded at the first module of it. @module */
import process from "node:process";
import { node } from "./builtins.ts";

/** Loads it where there is one: it takes 60 ms or more. */
export function loadTypeStripper(): void {
  if (process.features.typescript !== "strip") return;
  const { emitWarning } = process;
  // That the function is experimental concerns nobody who only runs TypeScript.
  process.emitWarning = () => {};
  try {
    node.module.stripTypeScriptTypes("");
  } finally {
    process.emitWarning = emitWarning;
  }
}
