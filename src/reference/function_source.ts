/**
 * The text of a function, in a form that can be evaluated anywhere.
 *
 * @module
 */
import type { AnyNode, Expression, MethodDefinition, Property } from "acorn";
import type { SourceForm } from "./types.ts";

/** A function's text, parsed. */
export interface ParsedFunction {
  form: SourceForm;
  /** As it is to be sent: a method loses its key, which may be computed or private. */
  text: string;
  /** The function or class itself. */
  node: AnyNode;
}

/** Why a text cannot be parsed. */
export class UnreadableSource extends Error {
  override name = "UnreadableSource";
}

const options = {
  ecmaVersion: "latest",
  // What is sent is evaluated as strict code, so it is read as such.
  sourceType: "module",
  allowSuperOutsideMethod: true,
  checkPrivateFields: false,
  locations: true,
} as const;

// In a function, so that `new.target` parses in an arrow; on one line, so that lines stay the function's own.
const opening = "(function () { return (";
const closing = "\n) })";

/** Parses the text that a runtime prints for a function. */
export async function parseFunction(text: string): Promise<ParsedFunction> {
  const { parse } = await import("acorn");
  const attempt = (before: string, after: string) => inner(parse(opening + before + text + after + closing, options));
  try {
    return { form: "expression", text, node: attempt("", "") };
  } catch (asExpression) {
    const method = parseMethod(text, attempt);
    if (method !== null) return method;
    throw new UnreadableSource(`its source is no strict code: ${(asExpression as Error).message.replace(/ \(\d+:\d+\)$/, "")}`);
  }
}

/** The expression between `opening` and `closing`. */
function inner(program: { body: unknown[] }): Expression {
  const statement = program.body[0] as { expression: { body: { body: [{ argument: Expression }] } } };
  return statement.expression.body.body[0].argument;
}

type Attempt = (before: string, after: string) => Expression;

function parseMethod(text: string, attempt: Attempt): ParsedFunction | null {
  const inClass = "(class {";
  const member = memberOf(() => attempt("({", "})"), 2) ?? memberOf(() => attempt(inClass, "})"), inClass.length);
  if (member === null) return null;
  if (member.node.kind === "get" || member.node.kind === "set") {
    throw new UnreadableSource(`it is a ${member.node.kind}ter, which belongs to its object`);
  }
  const keyEnd = member.node.value.start - opening.length - member.offset;
  const { async, generator } = member.node.value as { async: boolean; generator: boolean };
  const head = `${async ? "async " : ""}${generator ? "*" : ""}method`;
  return { form: "method", text: head + text.slice(keyEnd), node: member.node.value };
}

/** The one member of an object literal or class that was put around a method's text. */
function memberOf(parse: () => Expression, offset: number): { node: Property | MethodDefinition; offset: number } | null {
  try {
    const around = parse();
    const members = around.type === "ObjectExpression" ? around.properties : around.type === "ClassExpression" ? around.body.body : [];
    const node = members[0] as Property | MethodDefinition | undefined;
    return node !== undefined && node.value?.type === "FunctionExpression" ? { node, offset } : null;
  } catch {
    return null; // not a method either; the caller reports the first error
  }
}
