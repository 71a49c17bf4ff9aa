/**
 * The entry of every child process and worker thread of this library. Importing it in a program does nothing.
 *
 * @module
 */
import { throughCompileCache } from "./src/runtime/compile_cache.ts";

void throughCompileCache(() => import("./src/context/child_main.ts"))
  .then(({ childMain }) => childMain(() => import("./mod.ts")));
