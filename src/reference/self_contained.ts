/**
 * Rule 3: functions that travel as source.
 *
 * @module
 */
import { textOf } from "./describe.ts";
import type { FreeName } from "./free_names.ts";
import type { ModuleSource } from "./module_source.ts";
import { isShadowed } from "./shadowed.ts";
import { globalKind } from "./standard_globals.ts";
import type { AnyFunction, SourceForm, SourceReference } from "./types.ts";

/** Why a function cannot travel as source. */
export interface Captures {
  kind: "captures";
  names: FreeName[];
  /** Instead of names: why its text cannot be read. */
  unreadable: string | null;
}

interface Analysis {
  form: SourceForm;
  text: string;
  free: FreeName[];
}

/** By text: the same arrow in a loop is a new function each time. A full cache starts anew. */
const analyses = new Map<string, Promise<Analysis>>();
const mostAnalyses = 1000;

/** What esbuild and tsx call in the functions that they print; whoever evaluates the text supplies it. */
const helper = "__name";

/** The reference of a self-contained function, or what it captures. `around` are the modules that may have defined it. */
export async function selfContained(fn: AnyFunction, around: readonly ModuleSource[]): Promise<SourceReference | Captures> {
  const { UnreadableSource } = await import("./function_source.ts");
  let analysis: Analysis;
  try {
    analysis = await analyse(textOf(fn));
  } catch (error) {
    if (!(error instanceof UnreadableSource)) throw error;
    return { kind: "captures", names: [], unreadable: error.message };
  }
  const { form, text, free } = analysis;
  const used = free.filter(({ name }) => name !== helper);
  const names = used.filter(({ name, kind }) => kind === "syntax" || globalKind(name) === null || isShadowed(name, text, around));
  if (names.length > 0) return { kind: "captures", names, unreadable: null };
  const globals = used.filter(({ name, guarded }) => !guarded && globalKind(name) === "particular").map(({ name }) => name);
  return { kind: "source", form, text, name: typeof fn.name === "string" ? fn.name : "", globals };
}

function analyse(text: string): Promise<Analysis> {
  let analysis = analyses.get(text);
  if (analysis === undefined) {
    if (analyses.size >= mostAnalyses) analyses.clear();
    analysis = analyseText(text);
    analyses.set(text, analysis);
  }
  return analysis;
}

async function analyseText(text: string): Promise<Analysis> {
  const [{ parseFunction }, { freeNames }] = await Promise.all([import("./function_source.ts"), import("./free_names.ts")]);
  const { form, text: sent, node } = await parseFunction(text);
  return { form, text: sent, free: freeNames(node) };
}
