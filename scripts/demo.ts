/** `deno task demo`: a census of a folder's text files in a Pool. See `demo/options.ts` for its options. @module */
import process from "node:process";
import * as mp from "../mod.ts";
import { main } from "./demo/main.ts";

if (mp.isMain(import.meta)) process.exitCode = await main(process.argv.slice(2));
