/** The child processes of this process, as /proc has them. */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** A child process. */
export interface OwnChild {
  pid: number;
  /** `Z`: it has ended, and nobody has waited for it. */
  state: string;
  /** CPU time that it has used, in ticks of the system. */
  ticks: number;
  command: string;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // ended in the meantime
  }
}

/** Every child process that has not been waited for. */
export function ownChildren(): OwnChild[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const stat = readIfThere(`/proc/${name}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(fields[1]) !== process.pid) return [];
    const command = readIfThere(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    return [{ pid: Number(name), state: fields[0]!, ticks: Number(fields[11]) + Number(fields[12]), command }];
  });
}
