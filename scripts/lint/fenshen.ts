/// <reference lib="deno.unstable" />
/** This repository's own lint rules; `deno lint` loads them (deno.json, `lint.plugins`). */
import path from "node:path";
import { layerProblem, mayNameRuntime } from "../lib/layers.ts";
import { root } from "../lib/project.ts";

/** Names by which a program reaches its runtime. */
const runtimeGlobals = ["Deno", "Bun", "process"];

const relative = (filename: string) => path.relative(root, filename).replaceAll("\\", "/");
const isLibrary = (file: string) => /^(src\/|[^/]+\.ts$)/.test(file);
const isTest = (file: string) => file.startsWith("tests/");

/** Calls `check` with the specifier of every import and re-export of a file, types and `import()` included. */
function onImports(check: (specifier: string, node: Deno.lint.Node) => void): Deno.lint.LintVisitor {
  const see = (node: { source: Deno.lint.Node | null }) => {
    if (node.source?.type === "Literal" && typeof node.source.value === "string") check(node.source.value, node.source);
  };
  return {
    ImportDeclaration: see,
    ExportNamedDeclaration: see,
    ExportAllDeclaration: see,
    ImportExpression: see,
    TSImportType: (node) => {
      // Deno's types say TSLiteralType, what comes is the Literal itself.
      const argument: Deno.lint.Node = node.argument;
      const literal = argument.type === "TSLiteralType" ? argument.literal : argument;
      if (literal.type === "Literal") check(String(literal.value), literal);
    },
  };
}

function isGlobalThis(node: Deno.lint.Node): boolean {
  if (node.type === "TSAsExpression") return isGlobalThis(node.expression);
  return node.type === "Identifier" && node.name === "globalThis";
}

/** Whether an identifier is only the name of a member: `x.process`, `{ process: 1 }`, `interface { process: … }`. */
function isMemberName(node: Deno.lint.Identifier): boolean {
  const parent = node.parent;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed && !isGlobalThis(parent.object);
    case "Property":
      return parent.key === node && !parent.computed && !parent.shorthand;
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}

/** Whether a pattern such as `{ a, b: [c] = [] }` declares a name. */
function declares(pattern: Deno.lint.Node | null | undefined, name: string): boolean {
  switch (pattern?.type) {
    case "Identifier":
      return pattern.name === name;
    case "ObjectPattern":
      return pattern.properties.some((property) => declares(property.type === "Property" ? property.value : property, name));
    case "ArrayPattern":
      return pattern.elements.some((element) => declares(element, name));
    case "AssignmentPattern":
      return declares(pattern.left, name);
    case "RestElement":
      return declares(pattern.argument, name);
    case "VariableDeclaration":
      return pattern.declarations.some(({ id }) => declares(id, name));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return declares(pattern.id, name);
    default:
      return false;
  }
}

/** What a node makes known to what is in it: parameters, and the declarations of a block or a loop. */
function declarationsOf(node: Deno.lint.Node): (Deno.lint.Node | null | undefined)[] {
  if ("params" in node && Array.isArray(node.params)) return node.params as Deno.lint.Node[];
  switch (node.type) {
    case "Program":
    case "BlockStatement":
      return node.body;
    case "ForStatement":
      return [node.init];
    case "ForInStatement":
    case "ForOfStatement":
      return [node.left];
    case "CatchClause":
      return [node.param];
    default:
      return [];
  }
}

/** Whether an identifier is a variable of ours: a process of this library may be called `process`. */
function isOwnVariable(node: Deno.lint.Identifier): boolean {
  for (let scope: Deno.lint.Node = node.parent; scope; scope = (scope as { parent: Deno.lint.Node }).parent) {
    if (declarationsOf(scope).some((declaration) => declares(declaration, node.name))) return true;
  }
  return false;
}

const layers: Deno.lint.Rule = {
  create(context) {
    const file = relative(context.filename);
    if (!isLibrary(file)) return {};
    return onImports((specifier, node) => {
      if (!specifier.startsWith(".")) return;
      const problem = layerProblem(file, path.posix.join(path.posix.dirname(file), specifier));
      if (problem) context.report({ node, message: problem });
    });
  },
};

const runtimeOnlyInAdapter: Deno.lint.Rule = {
  create(context) {
    const file = relative(context.filename);
    if (mayNameRuntime(file)) return {};
    return {
      ...onImports((specifier, node) => {
        if (specifier.startsWith("node:") || specifier === "bun") {
          context.report({ node, message: `${specifier} may be imported only under src/runtime/` });
        }
      }),
      Identifier(node) {
        if (!runtimeGlobals.includes(node.name) || isMemberName(node)) return;
        if (node.name === "process" && isOwnVariable(node)) return;
        context.report({ node, message: `${node.name} may be named only under src/runtime/` });
      },
    };
  },
};

/** Tests mean the same on every runtime: what one of them counts otherwise, or does not have, is not used. */
const testsOnAllRuntimes: Deno.lint.Rule = {
  create(context) {
    const file = relative(context.filename);
    if (!isTest(file)) return {};
    const advice =
      "write flat test() calls, or describe() and it(), and skip with { skip: reason }: the runtimes count anything else differently";
    return {
      ...onImports((specifier, node) => {
        if (specifier.endsWith("_test.ts")) context.report({ node, message: "a test file may not be imported: its tests would run again" });
      }),
      "CallExpression > MemberExpression"(node: Deno.lint.MemberExpression) {
        if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
        const call = `${node.object.name}.${node.property.name}`;
        if (/^(t\.(test|skip|todo)|(test|it|describe)\.(only|skip|todo))$/.test(call)) {
          context.report({ node, message: `${call}(): ${advice}` });
        }
      },
      Identifier(node) {
        if (["Deno", "Bun"].includes(node.name) && !isMemberName(node) && node.parent.type !== "UnaryExpression") {
          context.report({ node, message: `${node.name} may not be used in tests: they run on every runtime` });
        }
      },
    };
  },
};

export default {
  name: "fenshen",
  rules: {
    "layers": layers,
    "runtime-only-in-adapter": runtimeOnlyInAdapter,
    "tests-on-all-runtimes": testsOnAllRuntimes,
  },
} satisfies Deno.lint.Plugin;
