/**
 * The names that a piece of strict code declares.
 *
 * @module
 */
import type { AnyNode, Pattern } from "acorn";

/** Names declared in one place, and those around it. */
export class NameScope {
  #names: Set<string>;
  #parent: NameScope | null;

  constructor(parent: NameScope | null, names: Iterable<string> = []) {
    this.#parent = parent;
    this.#names = new Set(names);
  }

  /** Whether a name is declared here or around. */
  has(name: string): boolean {
    return this.#names.has(name) || (this.#parent?.has(name) ?? false);
  }
}

/** The names that a pattern binds. */
export function boundNames(pattern: Pattern | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((member) => boundNames(member.type === "RestElement" ? member.argument : member.value));
    case "ArrayPattern":
      return pattern.elements.flatMap(boundNames);
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

/** What the statements of one block declare for that block: `let`, `const`, `using`, classes, and in strict code functions too. */
export function lexicalNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => {
    const node = unlabelled(statement);
    if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") return node.id === null ? [] : [node.id.name];
    return node.type === "VariableDeclaration" && node.kind !== "var" ? node.declarations.flatMap(({ id }) => boundNames(id)) : [];
  });
}

/** The `var` names anywhere in a function's body, without those of functions in it. */
export function varNames(node: AnyNode): string[] {
  if (isFunction(node) || node.type === "ClassDeclaration" || node.type === "ClassExpression") return [];
  const own = node.type === "VariableDeclaration" && node.kind === "var" ? node.declarations.flatMap(({ id }) => boundNames(id)) : [];
  return [...own, ...childNodes(node).flatMap(varNames)];
}

/** Whether a node has parameters and a body of its own. */
export function isFunction(node: AnyNode): boolean {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

/** The nodes directly inside a node, in the order of the text. */
export function childNodes(node: AnyNode): AnyNode[] {
  const children = Object.values(node).flat().filter(isNode);
  return children.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function unlabelled(node: AnyNode): AnyNode {
  return node.type === "LabeledStatement" ? unlabelled(node.body) : node;
}
