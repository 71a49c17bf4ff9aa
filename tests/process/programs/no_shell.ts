/** Has a child and a daemon where the system has no shell, as in the smallest containers. */
import * as mp from "@fenshen/multiprocessing";
import childProcess from "node:child_process";

export function hello(): void {
  console.log("hello");
}

if (mp.isMain(import.meta)) {
  const { spawn } = childProcess;
  childProcess.spawn = ((file: string, ...rest: [string[], object]) =>
    spawn(file === "/bin/sh" ? "/nonexistent/sh" : file, ...rest)) as typeof spawn;
  for (const daemon of [false, true]) {
    const child = new mp.Process({ target: hello, daemon });
    await child.start();
    console.log("joined", await child.join());
  }
}
