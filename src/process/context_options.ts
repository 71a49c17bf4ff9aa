/** The options of a context, checked where they are given. @module */
import { type ContextOptions, stdioOf } from "./start_method.ts";

const runtimes: readonly unknown[] = ["deno", "bun", "node"];
const limits: readonly string[] = ["maxOldGenerationSizeMb", "maxYoungGenerationSizeMb", "codeRangeSizeMb", "stackSizeMb"];
const permissionNames: readonly string[] = ["read", "write", "net", "env", "sys", "run", "ffi", "import"];

type Check = (value: unknown) => string | null;

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Each option's rule, in words, where the value breaks it. */
const checks: Readonly<Record<keyof ContextOptions, Check>> = {
  runtime: (value) => runtimes.includes(value) ? null : 'runtime must be "deno", "bun" or "node"',
  execPath: (value) => isText(value) ? null : "execPath must be the path of an executable",
  execArgv: (value) =>
    Array.isArray(value) && value.every((word) => typeof word === "string") ? null : "execArgv must be an array of strings",
  env: (value) =>
    isRecord(value) && Object.values(value).every((text) => typeof text === "string") ? null : "env must be an object of strings",
  cwd: (value) => isText(value) ? null : "cwd must be the path of a folder",
  stdio: (value) => {
    stdioOf(value as ContextOptions["stdio"]);
    return null;
  },
  resourceLimits: checkLimits,
  permissions: checkPermissions,
};

/**
 * Checks a context's options.
 *
 * @param verb What cannot be done with bad ones: `make a Process`. @param own The options beside them, for the text of an error.
 * @throws {TypeError} for an option that is none, or of another type. A misspelled permission or limit must not pass for one that holds.
 * @throws {RangeError} for a limit that is no size.
 */
export function checkContextOptions(options: ContextOptions, verb: string, own: readonly string[] = []): void {
  if (!isRecord(options)) {
    throw new TypeError(`Cannot ${verb}: its options must be an object such as { env: {} }, received ${shown(options)}`);
  }
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, key)) {
      throw new TypeError(`Cannot ${verb}: the options are ${[...own, ...Object.keys(checks)].join(", ")}, received ${key}`);
    }
    const broken = value === undefined ? null : checks[key as keyof ContextOptions](value);
    if (broken !== null) throw new TypeError(`Cannot ${verb}: ${broken}, received ${shown(value)}`);
  }
}

/** Options on top of those of a context. One that is `undefined` says nothing: it must not lift a restriction. */
export function withDefaults<O extends object>(defaults: ContextOptions, options: O): ContextOptions & O {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) as O };
}

function checkLimits(value: unknown): string | null {
  if (!isRecord(value)) return "resourceLimits must be an object such as { maxOldGenerationSizeMb: 256 }";
  for (const [key, size] of Object.entries(value)) {
    if (!limits.includes(key)) return `resourceLimits are ${limits.join(", ")}, not ${key}; it must be an object of them`;
    if (size !== undefined && typeof size !== "number") return `resourceLimits.${key} must be a number of megabytes`;
    if (size !== undefined && !(size > 0 && Number.isFinite(size))) {
      throw new RangeError(`Cannot limit memory: resourceLimits.${key} must be a number of megabytes above 0, received ${size}`);
    }
  }
  return null;
}

function checkPermissions(value: unknown): string | null {
  if (!isRecord(value)) return 'permissions must be an object such as {} or { read: ["./data"] }';
  for (const [key, grant] of Object.entries(value)) {
    if (!permissionNames.includes(key)) return `permissions are ${permissionNames.join(", ")}, not ${key}; it must be an object of them`;
    const isList = Array.isArray(grant) && grant.every((word) => isText(word) || word instanceof URL);
    if (grant !== undefined && typeof grant !== "boolean" && !isList) return `permissions.${key} must be a boolean or an array of texts`;
  }
  return null;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}
