/** The demo from its arguments to its exit code. @module */
import { resolve } from "node:path";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import * as mp from "../../mod.ts";
import { UsageError } from "../lib/cli.ts";
import { root } from "../lib/project.ts";
import type { BatchCount } from "./census.ts";
import { type Census, CensusSum } from "./census_sum.ts";
import { batchesOf, listFiles, type Listing, requireFolder } from "./files.ts";
import { Interrupted, interruption } from "./interruption.ts";
import { type DemoOptions, parseOptions, usage } from "./options.ts";
import { progressBar } from "./progress.ts";
import { grouped, printable, reportText, seconds, timingText } from "./report.ts";
import { type Job, runAlone, runInPool } from "./run.ts";
import { rerunOn, runningRuntime } from "./runtimes.ts";

/** What git, the tests and the builds keep in the project: history, whole runtimes, copies of the sources. */
const notTheProject = [".git", ".runtimes", ".build"];

/** Runs the demo. Answers the exit code. */
export async function main(args: string[]): Promise<number> {
  const interrupt = interruption();
  try {
    const options = parseOptions(args);
    if (options.help) console.log(usage);
    else if (options.runtime !== null && options.runtime !== runningRuntime().name) return await rerunOn(options.runtime, args, interrupt);
    else await runCensus(options, interrupt.signal);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    if (!(error instanceof UsageError)) throw error;
    console.error(`demo: ${error.message}`);
    return 2;
  } finally {
    interrupt.dispose();
  }
}

async function runCensus(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { folder, listing } = await whatToCount(options, signal);
  const processes = options.processes ?? mp.cpuCount();
  const workers = workersText(options.method, processes);
  const { name, version } = runningRuntime();
  const say = options.json ? () => {} : console.log;
  say(`Census of ${printable(folder)}: ${grouped(listing.files.length)} files, ${workers} on ${name} ${version}`);

  const count = new Counting(folder, listing, signal);
  const pooled = await count.by(
    "pool",
    (job) => runInPool(job, options.method, processes),
    (after) => say(`First results after ${seconds(after)} s`),
  );
  say(`\n${reportText(pooled.census)}\n`);
  const alone = await count.by("one process", runAlone);

  const timing = { pool: pooled.milliseconds, single: alone.milliseconds };
  const same = isDeepStrictEqual(pooled.census, alone.census);
  say(timingText(timing, workers));
  if (!same) say("The two results differ: files were changed meanwhile");
  if (options.json) console.log(JSON.stringify({ ...pooled.census, processes, method: options.method, runtime: name, timing, same }));
}

async function whatToCount(options: DemoOptions, signal: AbortSignal): Promise<{ folder: string; listing: Listing }> {
  if (options.folder === null) return { folder: root, listing: await listFiles(root, notTheProject, signal) };
  // `deno task` runs in the project; this is where the user called it.
  const folder = resolve(process.env.INIT_CWD ?? "", options.folder);
  await requireFolder(folder);
  return { folder, listing: await listFiles(folder, [], signal) };
}

function workersText(method: DemoOptions["method"], count: number): string {
  const [one, many] = method === "thread" ? ["thread", "threads"] : ["process", "processes"];
  return `${count} ${count === 1 ? one : many}`;
}

/** Counts the same files in more than one way. */
class Counting {
  readonly #folder: string;
  readonly #listing: Listing;
  readonly #batches: string[][];
  readonly #signal: AbortSignal;

  constructor(folder: string, listing: Listing, signal: AbortSignal) {
    this.#folder = folder;
    this.#listing = listing;
    this.#batches = batchesOf(listing.files);
    this.#signal = signal;
  }

  /** Counts in one way, behind a progress bar. @param onFirst Called with the first results, with the milliseconds that they took. */
  async by(
    title: string,
    way: (job: Job) => Promise<number>,
    onFirst?: (after: number) => void,
  ): Promise<{ census: Census; milliseconds: number }> {
    const sum = new CensusSum(this.#folder, this.#listing.problems);
    const bar = progressBar(title, this.#listing.files.length + this.#listing.problems.length);
    const begin = performance.now();
    let tellFirst = onFirst;
    const onResult = (result: BatchCount) => {
      sum.add(result);
      tellFirst?.(performance.now() - begin);
      tellFirst = undefined;
      bar.update(sum.done);
    };
    try {
      const milliseconds = await way({ batches: this.#batches, signal: this.#signal, onResult });
      return { census: sum.census(), milliseconds };
    } finally {
      bar.stop();
    }
  }
}
