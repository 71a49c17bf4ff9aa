/**
 * A guardian does what a program that was killed can no longer do itself: it ends the daemonic processes (one that computes without pause does not see
 * that its control channel broke) and removes the folder of sockets, and the shared memory that is marked in it. It is a shell that reads pids from a pipe until the pipe breaks.
 *
 * @module
 */
import process from "node:process";
import type { Writable } from "node:stream";
import type { ChildProcessByStdio } from "node:child_process";
import { isMainThread } from "node:worker_threads";
import { node } from "./builtins.ts";
import { mayRun } from "./permissions.ts";

/**
 * Arguments: the program's pid and its socket folder; no pid for a thread, whose end is not that of its program. Once the pipe breaks every daemon has two seconds to end by itself; then it is killed.
 * Then the sockets of the dead are removed, and when no other process is left in it, the shared memory that is marked in the folder, and the folder. A dead process answers until somebody has waited for it, which
 * in a container may be never: on Linux its state tells; elsewhere the program and its daemons count as dead anyway.
 */
const SCRIPT = `trap '' INT TERM HUP
dead=$1 folder=$2 daemons=
without() { keep=; for p in $daemons; do [ "$p" = "$1" ] || keep="$keep $p"; done; daemons=$keep; }
runs() {
  kill -0 "$1" 2>/dev/null || return 1
  stat=
  read -r stat 2>/dev/null <"/proc/$1/stat"
  case \${stat##*)} in " Z"*) return 1 ;; esac
}
while read -r op pid; do
  case $op in
    +) daemons="$daemons $pid" ;;
    -) without "$pid" ;;
    x) exit 0 ;;
  esac
done
dead="$dead $daemons"
tries=0
while [ $tries -lt 40 ]; do
  for p in $daemons; do runs "$p" || without "$p"; done
  [ -n "$daemons" ] || break
  tries=$((tries + 1))
  sleep 0.05
done
[ -z "$daemons" ] || kill -9 $daemons 2>/dev/null
for file in "$folder"/*; do
  name=\${file##*/}
  pid=\${name%%-*}
  case $pid in *[!0-9]*) continue ;; esac
  case " $dead " in
    *" $pid "*) rm -f "$file" ;;
    *) runs "$pid" || rm -f "$file" ;;
  esac
done
for file in "$folder"/[0-9]*; do [ ! -e "$file" ] || exit 0; done
left=
for file in "$folder"/shm-* "$folder"/heap-*; do
  [ -e "$file" ] || continue
  mark=\${file##*/}
  name=\${mark#*-}
  case $mark in shm-*) [ ! -e "/dev/shm/$name" ] || left="$left $name" ;; esac
  rm -f "/dev/shm/$name" "$file"
done
[ -z "$left" ] || echo "multiprocessing: unlinked shared memory that the program had left behind:$left" >&2
rmdir "$folder" 2>/dev/null
exit 0`;

/** A shell and what it guards. */
interface Guardian {
  wards: number;
  /** `null` where it could not be started. */
  readonly stdin: Writable | null;
  /** Settles when the shell has ended. */
  readonly gone: Promise<void>;
}

/** The running guardian: in the program that made the folder there is one until its end, in its children while they have daemons. */
let guardian: Guardian | null = null;
/** Guardians that have been told to end. */
const leaving = new Set<Guardian>();

/**
 * Sees to it that a process ends soon after this program, however that ends. The returned function says that it need not, the first time that it is called.
 * On Windows, and where there is no shell, only the control channel does this.
 *
 * @param folder Of this program's sockets.
 */
export function guardProcess(pid: number, folder: string | null): () => void {
  if (folder === null) return () => {};
  const mine = guardian ??= start(folder, isMainThread ? String(process.pid) : "");
  mine.wards++;
  mine.stdin?.write(`+ ${pid}\n`);
  let guarded = true;
  return () => {
    if (!guarded) return;
    guarded = false;
    mine.stdin?.write(`- ${pid}\n`);
    release(mine);
  };
}

/**
 * Sees to it that the folder is removed after this program, however that ends. Without a shell, or the permission to run it, only an orderly end does.
 * The returned function says that there will be no such folder.
 */
export function guardFolder(folder: string): () => void {
  if (!mayRun() || guardian !== null) return () => {};
  const mine = guardian = start(folder, String(process.pid));
  mine.wards++;
  return () => release(mine);
}

function release(mine: Guardian): void {
  if (--mine.wards > 0) return;
  leaving.add(mine);
  mine.gone.then(() => leaving.delete(mine));
  mine.stdin?.end("x\n");
  if (guardian === mine) guardian = null;
}

/** Settles when every guardian is gone that was told to end. What a thread does not see the end of stays in the system's list of processes. */
export async function guardiansGone(): Promise<void> {
  await Promise.all([...leaving].map(({ gone }) => gone));
}

function start(folder: string, dead: string): Guardian {
  // In a group of its own: Ctrl-C in a terminal must not end it before the daemons.
  const shell: ChildProcessByStdio<Writable, null, null> = node.childProcess.spawn("/bin/sh", [
    "-c",
    SCRIPT,
    "multiprocessing-guardian",
    dead,
    folder,
  ], {
    // It reports what shared memory it had to unlink, as CPython's resource tracker does.
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
    cwd: "/",
    // Its tools are there also where the program's PATH lacks them.
    env: { PATH: `${process.env.PATH ?? ""}:/usr/bin:/bin` },
  });
  const gone = new Promise<void>((resolve) => {
    shell.on("exit", () => resolve());
    // Without a shell the daemons still end by their control channel: nothing to report.
    shell.on("error", () => resolve());
  });
  // Deno has neither pipe nor process for a shell that it does not find, nor has Node when the descriptors are used up.
  if (shell.pid === undefined) return { wards: 0, stdin: null, gone };
  shell.stdin.on("error", () => {});
  shell.unref();
  (shell.stdin as unknown as { unref?(): void }).unref?.();
  return { wards: 0, stdin: shell.stdin, gone };
}
