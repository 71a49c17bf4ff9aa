/** What other processes have open, read from `/proc`. */
import fs from "node:fs";
import path from "node:path";

/** Why that cannot be read here, or `false`. */
export const noOpenFiles: string | false = !fs.existsSync("/proc/self/fd") && "what other processes have open is read from /proc";

/** What a process has open beside its standard streams. */
export function openIn(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const links = fs.readdirSync(folder).map((fd) => {
    try {
      return [fd, fs.readlinkSync(path.join(folder, fd))] as const;
    } catch (error) {
      // It was closed meanwhile.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [fd, ""] as const;
      throw error;
    }
  });
  const standard = links.filter(([fd]) => Number(fd) < 3).map(([, link]) => link);
  return links.map(([, link]) => link).filter((link) => !standard.includes(link));
}

/** How many files this process has open; 0 where that cannot be read. */
export function openHere(): number {
  return noOpenFiles ? 0 : fs.readdirSync("/proc/self/fd").length;
}
