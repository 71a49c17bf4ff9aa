/** How an error that came from a worker looks here: its own stack, then the call that caused it. @module */
import { RemoteTraceback } from "../base/errors.ts";
import { library } from "../base/library.ts";

/** Where a call came from. Its stack is formatted only when something failed. */
export type CallSite = Error;

const OWN_PATH = library?.pathOf("pool") ?? null;

/**
 * Adds the local call to an error that a worker threw, and a `RemoteTraceback` as its cause where it has none. Anything else that was thrown
 * stays as it is, and so does an error that cannot be looked at or changed: one may have a reducer that makes anything. Never throws.
 */
export function withTraceback(thrown: unknown, site: CallSite, worker: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  try {
    addTraceback(thrown, site, worker);
  } catch {
    // The outcome is that error, and not what is wrong with it.
  }
  return thrown;
}

function addTraceback(thrown: Error, site: CallSite, worker: string): void {
  const remote = typeof thrown.stack === "string" ? thrown.stack : `${thrown.name}: ${thrown.message}`;
  if (thrown.cause === undefined) setHidden(thrown, "cause", new RemoteTraceback(remote));
  setHidden(thrown, "stack", `${remote}\n    in ${worker}, called here:\n${localFrames(site)}`);
}

/** Makes an error of this library show the call that it belongs to, and not the event handler that noticed. */
export function atCall<E extends Error>(error: E, site: CallSite): E {
  setHidden(error, "stack", `${error.name}: ${error.message}\n${localFrames(site)}`);
  return error;
}

/** The frames of the call, without those of the pool itself. */
function localFrames(site: CallSite): string {
  const lines = (site.stack ?? "").split("\n");
  const frames = lines.slice(lines[0] === `${site.name}` || lines[0]?.startsWith(`${site.name}:`) ? 1 : 0);
  const first = OWN_PATH === null ? 0 : frames.findIndex((line) => !line.includes(OWN_PATH));
  return frames.slice(Math.max(0, first)).join("\n");
}

function setHidden(error: Error, key: "cause" | "stack", value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
}
