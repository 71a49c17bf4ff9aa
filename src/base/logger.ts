/** The library's logger: Python's levels, its format, its handlers. @module */
import { formatError } from "./traceback.ts";

/** A level of Python's `multiprocessing`, below `DEBUG`. */
export const SUBDEBUG = 5;
/** A level of Python's `multiprocessing`, below `WARNING`. */
export const SUBWARNING = 25;

/** The names of the levels that have one. */
export type LogLevelName = "NOTSET" | "SUBDEBUG" | "DEBUG" | "INFO" | "SUBWARNING" | "WARNING" | "ERROR" | "CRITICAL";

/** How important a message is: Python's number, or its name. */
export type LogLevel = number | LogLevelName;

const levels: Readonly<Record<LogLevelName, number>> = {
  NOTSET: 0,
  SUBDEBUG,
  DEBUG: 10,
  INFO: 20,
  SUBWARNING,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
};

/** What a message may be: a text, or what makes it when somebody will see it. */
export type LogMessage = string | (() => string);

/** One message, as handlers get it. */
export interface LogRecord {
  /** The level's number. */
  readonly level: number;
  /** The level's name, as in `INFO`; `Level 7` for one without. */
  readonly levelName: string;
  /** The text. */
  readonly message: string;
  /** Which unit says it: `MainProcess`, `Process-1`. */
  readonly processName: string;
  /** When, in milliseconds since 1970. */
  readonly time: number;
}

/** Does something with messages. Called in the unit that says them, before the next line of code runs. */
export type LogHandler = (record: LogRecord) => void;

/** What a child takes over from its creator. */
export interface LogSettings {
  readonly level: number;
  readonly toStderr: boolean;
}

/** Without a level of its own a logger passes what Python's root logger does. */
const DEFAULT_LEVEL = levels.WARNING;

/** `[INFO/Process-1] text`, as in Python. */
export function formatRecord({ levelName, processName, message }: LogRecord): string {
  return `[${levelName}/${processName}] ${message}`;
}

/** Adds the handler that writes to stderr, once. */
export let writeToStderr: (logger: Logger) => void;
/** What a child takes over. */
export let logSettings: (logger: Logger) => LogSettings;
/** Makes a logger that of a child. */
export let inheritLog: (logger: Logger, settings: LogSettings) => void;
/** Says how the unit is named when a message is said. */
export let nameLog: (logger: Logger, processName: () => string) => void;

/**
 * What this library has to say about itself, and what a program says with it; see {@linkcode getLogger}.
 *
 * A message goes to every handler when its level is at least that of the logger. While there is no handler, those from `WARNING` on go
 * to stderr as they are.
 */
export class Logger {
  readonly #write: (text: string) => void;
  readonly #toStderr: LogHandler = (record) => this.#write(formatRecord(record) + "\n");
  readonly #handlers = new Set<LogHandler>();
  #level: number = levels.NOTSET;
  #threshold: number = DEFAULT_LEVEL;
  #processName: () => string = () => "MainProcess";

  static {
    writeToStderr = (logger) => void logger.#handlers.add(logger.#toStderr);
    logSettings = (logger) => ({ level: logger.#level, toStderr: logger.#handlers.has(logger.#toStderr) });
    inheritLog = (logger, { level, toStderr }) => {
      logger.setLevel(level);
      if (toStderr) writeToStderr(logger);
    };
    nameLog = (logger, processName) => void (logger.#processName = processName);
  }

  /** Internal: a unit has one. @param write Writes to stderr. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** The level that was set; 0 (`NOTSET`): none, then `WARNING` counts. */
  get level(): number {
    return this.#level;
  }

  /** The handlers, in the order in which they are called. */
  get handlers(): readonly LogHandler[] {
    return [...this.#handlers];
  }

  /**
   * Sets the level below which messages are dropped. Children started from now on begin with it.
   *
   * @param level A number or a name; 0 or `"NOTSET"`: the default, `WARNING`.
   * @throws {TypeError} neither. @throws {RangeError} an unknown name.
   */
  setLevel(level: LogLevel): void {
    this.#level = levelNumber(level);
    this.#threshold = this.#level === levels.NOTSET ? DEFAULT_LEVEL : this.#level;
  }

  /** The level that counts: {@linkcode Logger.level}, or `WARNING` while none is set. */
  getEffectiveLevel(): number {
    return this.#threshold;
  }

  /** Whether a message of this level gets through. */
  isEnabledFor(level: LogLevel): boolean {
    return levelNumber(level) >= this.#threshold;
  }

  /**
   * Calls a function with every message of this unit. One that is there already is not added twice. What it throws is written to stderr. Handlers are not
   * inherited by children: add them in a target or an initializer.
   *
   * @throws {TypeError} no function.
   */
  addHandler(handler: LogHandler): void {
    if (typeof handler !== "function") throw new TypeError(`Cannot add a handler: it must be a function, received ${typeof handler}`);
    this.#handlers.add(handler);
  }

  /** Undoes {@linkcode Logger.addHandler}; does nothing when it is not there. */
  removeHandler(handler: LogHandler): void {
    this.#handlers.delete(handler);
  }

  /** Says something. @param level How important it is. @param message A text, or a function that makes it; called only when it gets through. */
  log(level: LogLevel, message: LogMessage): void {
    this.#log(levelNumber(level), message);
  }

  /** {@linkcode Logger.log} at `DEBUG`, 10. */
  debug(message: LogMessage): void {
    this.#log(levels.DEBUG, message);
  }

  /** {@linkcode Logger.log} at `INFO`, 20. */
  info(message: LogMessage): void {
    this.#log(levels.INFO, message);
  }

  /** {@linkcode Logger.log} at `WARNING`, 30. */
  warning(message: LogMessage): void {
    this.#log(levels.WARNING, message);
  }

  /** {@linkcode Logger.log} at `ERROR`, 40. */
  error(message: LogMessage): void {
    this.#log(levels.ERROR, message);
  }

  /** {@linkcode Logger.log} at `CRITICAL`, 50. */
  critical(message: LogMessage): void {
    this.#log(levels.CRITICAL, message);
  }

  #log(level: number, message: LogMessage): void {
    if (level < this.#threshold) return;
    if (this.#handlers.size === 0 && level < levels.WARNING) return;
    const text = typeof message === "function" ? message() : message;
    if (this.#handlers.size === 0) return this.#write(text + "\n");
    const record = Object.freeze({ level, levelName: levelName(level), message: text, processName: this.#processName(), time: Date.now() });
    for (const handler of this.#handlers) {
      try {
        handler(record);
      } catch (error) {
        this.#write(`Cannot log ${JSON.stringify(text)}: a handler has failed:\n${formatError(error)}\n`);
      }
    }
  }
}

function levelNumber(level: LogLevel): number {
  if (typeof level === "number" && !Number.isNaN(level)) return level;
  if (typeof level !== "string") throw new TypeError(`Cannot use a level: it must be a number or a name, received ${String(level)}`);
  if (Object.hasOwn(levels, level)) return levels[level];
  throw new RangeError(`Cannot use a level: its name must be one of ${Object.keys(levels).join(", ")}, received ${level}`);
}

function levelName(level: number): string {
  for (const [name, number] of Object.entries(levels)) if (number === level) return name;
  return `Level ${level}`;
}
