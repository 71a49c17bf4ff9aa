/** A module that warm children import ahead. It says so, also in the file of its process. */
import { writeFileSync } from "node:fs";
import process from "node:process";

console.log("preloaded");
writeFileSync(`${process.env.PRELOADED_MARKS}/${process.pid}`, "");
