/** A Value in a program or in a child that cannot map memory: the argument says which. */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { RawValue, synchronized } from "@fenshen/multiprocessing/sharedctypes";
import { addInTask } from "../fixtures/units.ts";

if (mp.isMain(import.meta)) {
  const value = new mp.Value("i", 5);
  if (process.argv[2] === "program") {
    const child = new mp.Process({ target: addInTask, args: [[value, 2]] });
    await child.start();
    await child.join();
    console.log(
      await value.add(1),
      await new RawValue("d", 1).add(0.5),
      new RawValue("i") instanceof mp.RawValue,
      value instanceof RawValue,
    );
    for (const use of [() => value.view, () => value.getLock().acquireSync(), () => synchronized(new RawValue("i"))]) {
      try {
        use();
      } catch (error) {
        const lines = String(error).replace(/[0-9a-f]{8}/, "…").split("\n");
        console.log([lines[0], ...lines.filter((line) => line.startsWith("Cannot map"))].join(" | "));
      }
    }
  } else {
    const pool = new (mp.getContext("spawn", { permissions: {} }).Pool)(1);
    await pool.apply(addInTask, [[value, 2]]).catch((error) => console.log(String(error)));
    await pool.terminate();
  }
}
