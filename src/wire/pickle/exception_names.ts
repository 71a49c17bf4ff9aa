/** The exceptions of Python that are rebuilt, and what they are here. @module */
import {
  AuthenticationError,
  BrokenBarrierError,
  BrokenPipeError,
  Empty,
  EOFError,
  Full,
  ProcessError,
  RemoteError,
  RemoteTraceback,
  ShutDown,
  TimeoutError,
} from "../../base/errors.ts";

/** A class of errors that takes its message alone. */
export type MessageError = new (message: string) => Error;

/** Exceptions of Python with a class of the same meaning here. What needs more than a message is in `exceptions.ts`. */
export const sameMeaning: ReadonlyMap<string, MessageError> = new Map<string, MessageError>([
  ["builtins.ValueError", RangeError],
  ["builtins.TypeError", TypeError],
  ["builtins.EOFError", EOFError],
  ["builtins.BrokenPipeError", BrokenPipeError],
  ["builtins.TimeoutError", TimeoutError],
  ["builtins.NameError", ReferenceError],
  ["builtins.SyntaxError", SyntaxError],
  // No class of its own here: a key or an index that is not there is a bad argument.
  ["builtins.KeyError", RangeError],
  ["builtins.IndexError", RangeError],
  ["builtins.OverflowError", RangeError],
  ["queue.Empty", Empty],
  ["queue.Full", Full],
  ["queue.ShutDown", ShutDown],
  ["threading.BrokenBarrierError", BrokenBarrierError],
  ["multiprocessing.context.ProcessError", ProcessError],
  ["multiprocessing.context.TimeoutError", TimeoutError],
  ["multiprocessing.context.AuthenticationError", AuthenticationError],
  ["multiprocessing.managers.RemoteError", RemoteError],
  ["multiprocessing.pool.RemoteTraceback", RemoteTraceback],
  ["concurrent.futures._base.TimeoutError", TimeoutError],
]);

/** Those whose message stands for itself; in front of that of any other stands the name of the class in Python. */
export const plainMessages: ReadonlySet<string> = new Set(
  [...sameMeaning.keys()].filter((name) => !["KeyError", "IndexError", "OverflowError"].some((other) => name === `builtins.${other}`)),
);

const osErrors = [
  "OSError",
  "BlockingIOError",
  "ChildProcessError",
  "ConnectionError",
  "BrokenPipeError",
  "ConnectionAbortedError",
  "ConnectionRefusedError",
  "ConnectionResetError",
  "FileExistsError",
  "FileNotFoundError",
  "InterruptedError",
  "IsADirectoryError",
  "NotADirectoryError",
  "PermissionError",
  "ProcessLookupError",
  "TimeoutError",
];

/** The rest of Python's built-in exceptions: they arrive as a `RemoteError`. */
const others = [
  "BaseException",
  "Exception",
  "ArithmeticError",
  "AssertionError",
  "AttributeError",
  "BufferError",
  "BytesWarning",
  "DeprecationWarning",
  "EncodingWarning",
  "FloatingPointError",
  "FutureWarning",
  "GeneratorExit",
  "ImportError",
  "ImportWarning",
  "IndentationError",
  "KeyboardInterrupt",
  "LookupError",
  "MemoryError",
  "ModuleNotFoundError",
  "NotImplementedError",
  "PendingDeprecationWarning",
  "PythonFinalizationError",
  "RecursionError",
  "ReferenceError",
  "ResourceWarning",
  "RuntimeError",
  "RuntimeWarning",
  "StopAsyncIteration",
  "StopIteration",
  "SyntaxWarning",
  "SystemError",
  "TabError",
  "UnboundLocalError",
  "UnicodeDecodeError",
  "UnicodeEncodeError",
  "UnicodeError",
  "UnicodeTranslateError",
  "UnicodeWarning",
  "UserWarning",
  "Warning",
  "ZeroDivisionError",
];

const builtin = (name: string) => `builtins.${name}`;

/** Names of Python's exceptions. */
export const pythonNames: { osErrors: ReadonlySet<string>; all: ReadonlySet<string> } = {
  /** Those whose arguments are a number and a text. */
  osErrors: new Set(osErrors.map(builtin)),
  /** All that are rebuilt. */
  all: new Set([
    ...sameMeaning.keys(),
    ...osErrors.map(builtin),
    ...others.map(builtin),
    "builtins.SystemExit",
    "builtins.ExceptionGroup",
    "builtins.BaseExceptionGroup",
    "multiprocessing.context.BufferTooShort",
    "multiprocessing.pool.MaybeEncodingError",
  ]),
};

/** Modules that the same class is known under: of Python 2, and those that C code names. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["exceptions", "builtins"],
  ["copy_reg", "copyreg"],
  ["Queue", "queue"],
  ["_queue", "queue"],
  ["multiprocessing", "multiprocessing.context"],
]);

/** The module by its name of today. */
export function canonicalModule(module: string): string {
  return aliases.get(module) ?? module;
}
