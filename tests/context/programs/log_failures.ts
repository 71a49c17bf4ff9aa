/** Failures that nobody looked at, with a handler of the program's own, and then to stderr. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function fail(text: string): void {
  throw new TypeError(text);
}

if (mp.isMain(import.meta)) {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const logger = mp.getLogger();
  const seen: mp.LogRecord[] = [];
  const keep = (record: mp.LogRecord) => void seen.push(record);
  logger.addHandler(keep);
  const pool = new ctx.Pool(1);
  await pool.applyAsync(fail, ["one"]).wait();
  void new mp.Lock().release();
  void new ctx.Process({ target: fail, args: [Symbol("s") as never] }).start();
  while (seen.length < 3) await turn();
  for (const { levelName, message } of seen) console.log(`${levelName}: ${message.split("\n")[0]}`);
  logger.removeHandler(keep);
  mp.logToStderr();
  await pool.applyAsync(fail, ["two"]).wait();
  await turn();
  pool.close();
  await pool.join();
}
