/** The job, in a pool and on one process. @module */
import * as mp from "../../mod.ts";
import { type BatchCount, countBatch } from "./census.ts";

/** What both ways of doing the job are told. */
export interface Job {
  batches: string[][];
  signal: AbortSignal;
  /** Called with each result as it comes in. */
  onResult(result: BatchCount): void;
}

/** Does the job in a pool; the results come in the order in which they are ready. Answers how many milliseconds it took, start of the pool included. */
export async function runInPool(job: Job, method: "spawn" | "thread", processes: number): Promise<number> {
  const begin = performance.now();
  const pool = new (mp.getContext(method).Pool)(processes);
  try {
    for await (const result of pool.imapUnordered(countBatch, job.batches, { signal: job.signal })) job.onResult(result);
    return performance.now() - begin;
  } finally {
    await pool.terminate();
  }
}

/** Does the same job here, one task after the other. Answers how many milliseconds it took. */
export async function runAlone(job: Job): Promise<number> {
  const begin = performance.now();
  for (const batch of job.batches) {
    job.onResult(await countBatch(batch, job.signal));
    await new Promise((resolve) => setImmediate(resolve)); // lets Ctrl-C in
  }
  return performance.now() - begin;
}
