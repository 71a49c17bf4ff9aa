/**
 * The entry of every child process and worker thread of this library. Importing it in a program does nothing.
 *
 * @module
 */
import { childMain } from "./src/context/child_main.ts";

void childMain(() => import("./mod.ts"));
