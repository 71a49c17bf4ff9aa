/**
 * References come from another unit, and so are foreign data.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import type { Reference } from "./types.ts";

/** Takes a value apart that should be a reference. */
export function parseReference(value: unknown): Reference {
  if (typeof value !== "object" || value === null) throw malformed(value === null ? "null" : typeof value);
  const fields = value as Record<string, unknown>;
  switch (fields.kind) {
    case "task":
      return { kind: "task", module: moduleUrl(fields.module), key: text(fields.key) };
    case "export":
      return {
        kind: "export",
        module: moduleUrl(fields.module),
        name: text(fields.name),
        ...optional("text", fields.text),
        ...optional("runtime", fields.runtime),
      };
    case "source":
      if (fields.form !== "expression" && fields.form !== "method") throw malformed(`the form ${String(fields.form)}`);
      return { kind: "source", form: fields.form, text: text(fields.text), name: text(fields.name), globals: texts(fields.globals) };
    case "global":
      return { kind: "global", path: text(fields.path) };
    default:
      throw malformed(`the kind ${typeof fields.kind === "string" ? JSON.stringify(fields.kind) : typeof fields.kind}`);
  }
}

function moduleUrl(value: unknown): string {
  const url = text(value);
  if (!URL.canParse(url)) throw malformed(`the module ${JSON.stringify(url)}`);
  return url;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw malformed(`${typeof value} for a text`);
  return value;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) throw malformed(`${typeof value} for a list`);
  return value.map(text);
}

function optional<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return value === undefined ? {} : { [key]: text(value) } as { [P in K]: string };
}

function malformed(received: string): SerializationError {
  return new SerializationError(`Cannot decode a function: this is no reference to one, received ${received}`);
}
