/** Exceptions of Python as errors, and the other way. @module */
import { BufferTooShort, MaybeEncodingError, RemoteError, RemoteTraceback, SystemExit } from "../../base/errors.ts";
import { errorNameOf } from "../builtin.ts";
import { safeText } from "../refuse.ts";
import { plainMessages, pythonNames, sameMeaning } from "./exception_names.ts";
import { type GlobalMeaning, type PickleReduction, PythonGlobal } from "./global.ts";
import { pythonMessage, pythonRepr } from "./python_text.ts";

/** What an error was in Python: its own property `python`. With it the error goes back as what it was. */
export interface PythonException {
  /** Module and name of the class, such as `"builtins.KeyError"`. */
  class: string;
  /** Its `args`. */
  args: readonly unknown[];
  /** Its `__dict__`, where that is not empty. */
  state?: unknown;
}

/** An error with what it was in Python. */
type FromPython = Error & { python?: PythonException };

/** The error for an exception. @param name Module and name of a class in {@linkcode pythonNames}. */
export function errorFromPython(name: string, args: readonly unknown[]): Error {
  const error: FromPython = makeError(name, args);
  error.python = { class: name, args };
  return error;
}

function makeError(name: string, args: readonly unknown[]): Error {
  const [first, second] = args;
  const text = pythonMessage(name, args);
  if (name === "builtins.SystemExit") return new SystemExit(isPlain(first) ? first : text);
  if (name === "multiprocessing.context.BufferTooShort" && first instanceof Uint8Array) return new BufferTooShort(first);
  if (name === "multiprocessing.pool.MaybeEncodingError") return new MaybeEncodingError(textOf(first), textOf(second));
  if (isGroup(name) && Array.isArray(second)) return new AggregateError(second, textOf(first));
  const known = sameMeaning.get(name);
  const message = plainMessages.has(name) ? text : `${name.replace(/^builtins\./, "")}${text === "" ? "" : `: ${text}`}`;
  return known === undefined ? new RemoteError(message) : new known(message);
}

const isGroup = (name: string) => name.endsWith("ExceptionGroup");
const isPlain = (value: unknown) => typeof value !== "object" || value === null;
/** Never `String(value)`: the text of nested lists that share parts grows without bound. */
const textOf = (value: unknown) => typeof value === "string" ? value : pythonRepr(value);

/** How a class of exceptions is rebuilt; `undefined` for a name that is none. */
export function exceptionMeaning(name: string): GlobalMeaning | undefined {
  if (!pythonNames.all.has(name)) return undefined;
  return {
    copies: isGroup(name),
    call: (args) => errorFromPython(name, args),
    build: (error, state) => {
      const { python } = error as FromPython;
      if (python !== undefined) python.state = state;
    },
  };
}

/** `multiprocessing.pool.rebuild_exc(exception, text)`: an error with the traceback it had in its process. */
export const rebuildException: GlobalMeaning = {
  call: ([error, traceback]) => {
    if (error instanceof Error && typeof traceback === "string") error.cause = new RemoteTraceback(traceback);
    return error;
  },
};

/** Python's exception for our class of the same meaning. */
const pythonClasses: ReadonlyMap<string, string> = new Map([
  ["RangeError", "builtins.ValueError"],
  ["TypeError", "builtins.TypeError"],
  ["SerializationError", "builtins.TypeError"],
  ["URIError", "builtins.ValueError"],
  ["ClosedError", "builtins.ValueError"],
  ["ReferenceError", "builtins.NameError"],
  ["SyntaxError", "builtins.SyntaxError"],
  ["EOFError", "builtins.EOFError"],
  ["BrokenPipeError", "builtins.BrokenPipeError"],
  ["Empty", "queue.Empty"],
  ["Full", "queue.Full"],
  ["ShutDown", "queue.ShutDown"],
  ["BrokenBarrierError", "threading.BrokenBarrierError"],
  ["ProcessError", "multiprocessing.context.ProcessError"],
  ["WorkerDiedError", "multiprocessing.context.ProcessError"],
  ["TimeoutError", "multiprocessing.context.TimeoutError"],
  ["AuthenticationError", "multiprocessing.context.AuthenticationError"],
  ["BufferTooShort", "multiprocessing.context.BufferTooShort"],
  ["RemoteError", "multiprocessing.managers.RemoteError"],
  ["RemoteTraceback", "multiprocessing.pool.RemoteTraceback"],
  ["MaybeEncodingError", "multiprocessing.pool.MaybeEncodingError"],
  ["SystemExit", "builtins.SystemExit"],
]);

/** The exception for what has no class of the same meaning there. */
const FALLBACK = "builtins.RuntimeError";

function globalOf(name: string): PythonGlobal {
  const dot = name.lastIndexOf(".");
  return new PythonGlobal(name.slice(0, dot), name.slice(dot + 1));
}

/** How an error is written. It always travels: what Python has no class for goes as a `RuntimeError` with the name in its message. */
export function reduceError(error: Error): PickleReduction {
  const { python } = error as FromPython;
  if (python !== undefined && pythonNames.all.has(python.class) && Array.isArray(python.args)) {
    return { global: globalOf(python.class), args: python.args, state: python.state };
  }
  for (let prototype: object | null = Object.getPrototypeOf(error); prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const known = errorNameOf(prototype);
    const pythonClass = known === undefined ? undefined : pythonClasses.get(known);
    if (known !== undefined && pythonClass !== undefined) {
      return { global: globalOf(pythonClass), args: argumentsOf(known, error) };
    }
  }
  const name = safeText(error.name);
  return { global: globalOf(FALLBACK), args: [name === "Error" ? safeText(error.message) : `${name}: ${safeText(error.message)}`] };
}

function argumentsOf(known: string, error: Error): unknown[] {
  if (known === "SystemExit") return [(error as SystemExit).code];
  if (known === "BufferTooShort") return [(error as BufferTooShort).data];
  if (known === "MaybeEncodingError") return [(error as MaybeEncodingError).exc, (error as MaybeEncodingError).value];
  return [safeText(error.message)];
}
