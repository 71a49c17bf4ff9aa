/** What stands for the end of a process. @module */

/** What `Process.sentinel` gives and `wait()` takes: the end of a process. */
export interface Sentinel {
  /** Settles at the end, with the exit code where it is known. */
  readonly ended: Promise<number | null>;
}
