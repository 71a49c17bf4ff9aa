/** What examples and their Python programs have in common: not the ids of processes, nor an order that nobody promises. @module */

/** What is to be compared of the lines that a program printed. */
export type Compared = (lines: string[]) => unknown;

const asPrinted: Compared = (lines) => lines;
const inAnyOrder: Compared = (lines) => [...lines].sort();

/** Process ids are replaced by what they are in the program: the process of which `hello bob <number>` comes. */
function withoutPids(lines: string[]): unknown {
  const owners = new Map(
    lines.map((line) => /^hello bob (\d+) from process (\d+)$/.exec(line)).filter((found) => found !== null)
      .map(([, number, pid]) => [pid, number]),
  );
  return lines.map((line) => line.replace(/process (\d+)/, (_, pid: string) => `process of ${owners.get(pid)}`)).sort();
}

/** By the name of the example. */
export const compared: Record<string, Compared> = {
  // Ours says first that fork is refused.
  fork_and_what_to_use_instead: (lines) => lines.filter((line) => !line.startsWith("RangeError")),
  lock_keeps_printing_whole: inAnyOrder,
  pool_sync_beside_async: asPrinted,
  process_starts_a_thread: withoutPids,
  thread_puts_into_a_queue: asPrinted,
  threads_keep_their_own: asPrinted,
  threads_produce_and_consume: (lines) => [inAnyOrder(lines.slice(0, -1)), lines.at(-1)],
  threads_share_a_balance: asPrinted,
};
