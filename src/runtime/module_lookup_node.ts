/**
 * Where Node's inspector says a function was defined. Costs 20 to 40 ms the first time and a quarter of a millisecond after that.
 *
 * @module
 */
import type { Session } from "node:inspector";

type AnyFunction = (...args: never[]) => unknown;

/** Script URLs by the inspector's id, which stays the same for the life of the thread. */
const scripts = new Map<string, string>();
const slot = Symbol.for("@fenshen/multiprocessing.inspected");

/** The URL of the module that defines `fn`, or `null` where the inspector is missing or does not know. */
export async function moduleOfNode(fn: AnyFunction): Promise<string | null> {
  const session = await openSession();
  if (session === null) return null;
  try {
    const scriptId = scriptIdOf(session, fn);
    if (scriptId === null) return null;
    if (!scripts.has(scriptId)) listScripts(session);
    return scripts.get(scriptId) ?? null;
  } finally {
    session.disconnect();
  }
}

/** A session a question: one that stays open would slow the program down (an enabled debugger undoes WebAssembly's optimization). */
async function openSession(): Promise<Session | null> {
  try {
    const { Session } = await import("node:inspector");
    const session = new Session();
    session.connect();
    return session;
  } catch {
    return null; // Node built without the inspector
  }
}

function listScripts(session: Session): void {
  session.on("Debugger.scriptParsed", ({ params }) => void scripts.set(params.scriptId, params.url));
  session.post("Debugger.enable");
  session.post("Debugger.disable");
}

/** Within one thread the session answers before `post()` returns, so the global is gone before other code runs. */
function scriptIdOf(session: Session, fn: AnyFunction): string | null {
  const holder = globalThis as Record<symbol, unknown>;
  let objectId: string | undefined;
  holder[slot] = fn;
  try {
    session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for(${JSON.stringify(slot.description)})]` }, (error, answer) => {
      if (error === null) objectId = answer.result.objectId;
    });
  } finally {
    delete holder[slot];
  }
  if (objectId === undefined) return null;
  let scriptId: string | null = null;
  session.post("Runtime.getProperties", { objectId, ownProperties: true }, (error, answer) => {
    const location = answer?.internalProperties?.find(({ name }) => name === "[[FunctionLocation]]");
    if (error === null) scriptId = (location?.value?.value as { scriptId?: string } | undefined)?.scriptId ?? null;
  });
  session.post("Runtime.releaseObject", { objectId });
  return scriptId;
}
