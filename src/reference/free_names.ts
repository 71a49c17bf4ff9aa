/**
 * What a function uses without having made it: scope analysis of strict code.
 *
 * @module
 */
import type { AnyNode, ArrowFunctionExpression, Class, Function as FunctionNode } from "acorn";
import { boundNames, childNodes, isFunction, lexicalNames, NameScope, varNames } from "./name_scope.ts";

/** Something from outside that a function uses. */
export interface FreeName {
  /** As the text spells it: a name, or `this`, `super`, `import.meta`, `new.target`, `#name`, `import("./x.ts")`. */
  name: string;
  /** `name`: a variable or global. `syntax`: what no evaluation elsewhere can give. */
  kind: "name" | "syntax";
  /** Line in the function's source, from 1. */
  line: number;
  /** The text asks `typeof name` somewhere, so it can do without. */
  guarded: boolean;
}

/** Where the walk is. */
interface Place {
  scope: NameScope;
  /** Inside an ordinary function or class member of the text itself, which has these for its own. */
  ownThis: boolean;
  ownSuper: boolean;
  ownNewTarget: boolean;
  privateNames: NameScope;
}

/** The free names of a function or class, each once, in the order of the text. */
export function freeNames(root: AnyNode): FreeName[] {
  const walk = new Walk();
  const place: Place = {
    scope: new NameScope(null),
    ownThis: false,
    ownSuper: false,
    ownNewTarget: false,
    privateNames: new NameScope(null),
  };
  if (root.type === "FunctionExpression") walk.fn(root, place, { ownThis: false, ownSuper: false });
  else walk.node(root, place);
  return [...walk.found.values()];
}

class Walk {
  readonly found = new Map<string, FreeName>();

  node(node: AnyNode, place: Place): void {
    switch (node.type) {
      case "Identifier":
        return this.#name(node.name, node, place);
      case "ThisExpression":
        return place.ownThis ? undefined : this.#syntax("this", node);
      case "Super":
        return place.ownSuper ? undefined : this.#syntax("super", node);
      case "PrivateIdentifier":
        return place.privateNames.has(node.name) ? undefined : this.#syntax(`#${node.name}`, node);
      case "MetaProperty":
        if (node.meta.name === "import") return this.#syntax("import.meta", node);
        return place.ownNewTarget ? undefined : this.#syntax("new.target", node);
      case "ImportExpression":
        return this.#importExpression(node, place);
      case "UnaryExpression":
        if (node.operator === "typeof" && node.argument.type === "Identifier") return this.#name(node.argument.name, node, place, true);
        return this.node(node.argument, place);
      case "FunctionDeclaration":
      case "FunctionExpression":
        return this.fn(node, place, { ownThis: true, ownSuper: false });
      case "ArrowFunctionExpression":
        return this.fn(node, place, place);
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#classNode(node, place);
      case "MemberExpression":
        this.node(node.object, place);
        if (node.computed || node.property.type === "PrivateIdentifier") this.node(node.property, place);
        return;
      case "Property":
        return this.#property(node, place);
      case "BlockStatement":
      case "StaticBlock":
        return this.#block(node.body, place);
      case "SwitchStatement":
        this.node(node.discriminant, place);
        return this.#all(node.cases, within(place, lexicalNames(node.cases.flatMap(({ consequent }) => consequent))));
      case "ForStatement":
        return this.#all(childNodes(node), within(place, node.init ? lexicalNames([node.init]) : []));
      case "ForInStatement":
      case "ForOfStatement":
        return this.#all(childNodes(node), within(place, lexicalNames([node.left])));
      case "CatchClause":
        return this.#all(childNodes(node), within(place, boundNames(node.param ?? null)));
      case "LabeledStatement":
        return this.node(node.body, place);
      case "BreakStatement":
      case "ContinueStatement":
        return;
      default:
        return this.#all(childNodes(node), place);
    }
  }

  /** Parameters do not see the body's names, so the two are separate scopes. */
  fn(node: FunctionNode | ArrowFunctionExpression, place: Place, own: { ownThis: boolean; ownSuper: boolean }): void {
    const arrow = node.type === "ArrowFunctionExpression";
    const names = node.params.flatMap(boundNames);
    if (!arrow) names.push("arguments");
    if (node.type === "FunctionExpression" && node.id) names.push(node.id.name);
    const inside = { ...within(place, names), ownThis: own.ownThis, ownSuper: own.ownSuper, ownNewTarget: !arrow || place.ownNewTarget };
    this.#all(node.params, inside);
    if (node.body.type !== "BlockStatement") return this.node(node.body, inside);
    this.#all(node.body.body, within(inside, [...varNames(node.body), ...lexicalNames(node.body.body)]));
  }

  #classNode(node: Class, place: Place): void {
    const privates = node.body.body.flatMap((member) =>
      "key" in member && member.key.type === "PrivateIdentifier" ? [member.key.name] : []
    );
    const outside = {
      ...within(place, node.id ? [node.id.name] : []),
      privateNames: new NameScope(place.privateNames, privates),
    };
    const inside = { ...outside, ownThis: true, ownSuper: true, ownNewTarget: true };
    if (node.superClass) this.node(node.superClass, outside);
    for (const member of node.body.body) {
      if (member.type === "StaticBlock") {
        this.#block(member.body, within(inside, varNames(member)));
        continue;
      }
      if (member.computed) this.node(member.key, outside);
      if (!member.value) continue;
      if (member.type === "MethodDefinition") this.fn(member.value, outside, inside);
      else this.node(member.value, inside);
    }
  }

  #property(node: Extract<AnyNode, { type: "Property" }>, place: Place): void {
    if (node.computed) this.node(node.key, place);
    const isMember = node.method || node.kind !== "init";
    if (isMember && isFunction(node.value)) this.fn(node.value as FunctionNode, place, { ownThis: true, ownSuper: true });
    else this.node(node.value, place);
  }

  #block(statements: readonly AnyNode[], place: Place): void {
    this.#all(statements, within(place, lexicalNames(statements)));
  }

  #importExpression(node: Extract<AnyNode, { type: "ImportExpression" }>, place: Place): void {
    const specifier = leadingText(node.source);
    if (specifier !== null && /^\.{1,2}(?:\/|$)/.test(specifier)) this.#syntax(`import(${JSON.stringify(specifier)})`, node);
    this.#all(childNodes(node), place);
  }

  #all(nodes: readonly AnyNode[], place: Place): void {
    for (const node of nodes) this.node(node, place);
  }

  #name(name: string, node: AnyNode, place: Place, guarded = false): void {
    if (!place.scope.has(name)) this.#add({ name, kind: "name", line: node.loc?.start.line ?? 1, guarded });
  }

  #syntax(name: string, node: AnyNode): void {
    this.#add({ name, kind: "syntax", line: node.loc?.start.line ?? 1, guarded: false });
  }

  #add(free: FreeName): void {
    const known = this.found.get(free.name);
    if (known === undefined) this.found.set(free.name, free);
    else known.guarded ||= free.guarded;
  }
}

function within(place: Place, names: string[]): Place {
  return { ...place, scope: new NameScope(place.scope, names) };
}

/** The start of a specifier, as far as the text gives it. */
function leadingText(node: AnyNode): string | null {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "TemplateLiteral") return node.quasis[0]?.value.cooked ?? null;
  return node.type === "BinaryExpression" ? leadingText(node.left) : null;
}
