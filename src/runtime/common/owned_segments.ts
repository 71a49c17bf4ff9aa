/** Which segments of shared memory this program has to unlink at its end. @module */
import { node } from "./builtins.ts";
import { onExit } from "./lifecycle.ts";
import { mayHaveSockets } from "./permissions.ts";
import { markOf, marksOf, reportLeft, type Unlink, unlinkWith } from "./segment_marks.ts";
import { socketFolder, socketPlace } from "./socket_folder.ts";

/** Segments of a unit that may have no folder, and whether to report them. */
const own = new Map<string, boolean>();
let listens = false;

/** Sees to it that a segment is unlinked at the end of the program; of this unit, when it may not write the marks that others could see. */
export function ownSegment(name: string, isReported: boolean, unlink: Unlink): void {
  unlinkWith(unlink);
  const folder = mayHaveSockets(socketPlace) ? socketFolder() : null;
  if (folder !== null) return node.fs.writeFileSync(markOf(folder, name, isReported), "");
  own.set(name, isReported);
  if (listens) return;
  listens = true;
  onExit(() => reportLeft([...own].filter(([name, isReported]) => unlink(name) && isReported).map(([name]) => name)));
}

/** The segment has been unlinked. */
export function disownSegment(name: string): void {
  own.delete(name);
  if (!mayHaveSockets(socketPlace) || socketPlace.folder === null) return;
  for (const mark of marksOf(socketPlace.folder, name)) node.fs.rmSync(mark, { force: true });
}
