/** Errors as text, for stderr. @module */

/** The stack of an error with those of its causes; for anything else that was thrown, its text. */
export function formatError(error: unknown): string {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  let current = error;
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current);
    lines.push((lines.length > 0 ? "Caused by: " : "") + stackOf(current));
    if (current.cause === undefined) return lines.join("\n");
    current = current.cause;
  }
  if (!seen.has(current)) lines.push((lines.length > 0 ? "Caused by: " : "Uncaught ") + textOf(current));
  return lines.join("\n");
}

function stackOf(error: Error): string {
  const head = `${error.name}: ${error.message}`;
  const stack = typeof error.stack === "string" ? error.stack : "";
  // Some stacks lack the head, or show the name of a base class.
  if (stack.includes(error.message)) return stack;
  return stack === "" ? head : `${head}\n${stack}`;
}

function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? value : String(value);
  } catch {
    return "a value without a text";
  }
}
