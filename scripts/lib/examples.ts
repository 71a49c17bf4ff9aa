/** The `ts` examples in doc comments and in the README, run as the programs they are. */
import fs from "node:fs";
import path from "node:path";
import { command, mapLimited } from "./command.ts";
import { buildFolder, faces, filesBelow, root } from "./project.ts";

/** One example. */
export interface Example {
  /** Where it stands: `src/pool/pool.ts:12`. */
  place: string;
  code: string;
}

const folder = path.join(buildFolder, "examples");

/** Finds the blocks fenced as `ts` in Markdown, or in the doc comments of a source. */
export function findExamples(file: string, text: string): Example[] {
  const examples: Example[] = [];
  let open: { line: number; code: string[] } | null = null;
  for (const [index, whole] of text.split("\n").entries()) {
    const line = file.endsWith(".md") ? whole : /^\s*\* ?(.*)$/.exec(whole)?.[1];
    if (line === undefined) continue;
    if (open && line.trim() === "```") {
      examples.push({ place: `${file}:${open.line}`, code: `${open.code.join("\n")}\n` });
      open = null;
    } else if (open) {
      open.code.push(line);
    } else if (/^\s*```ts\s*$/.test(line)) {
      open = { line: index + 1, code: [] };
    }
  }
  return examples;
}

/** Type-checks and runs an example on Deno. @returns what is wrong, or `""` */
async function runExample({ place, code }: Example): Promise<string> {
  const file = path.join(folder, `${place.replace(/[^\w]+/g, "_")}.ts`);
  fs.writeFileSync(file, code);
  const { ok, output } = await command(Deno.execPath(), ["run", "--allow-all", "--check", "--quiet", file]);
  return ok ? "" : `${place}: the example fails\n${output}`;
}

/** Runs every example. @returns how many there are, and what is wrong */
export async function runExamples(): Promise<{ count: number; problems: string }> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const sources = [...faces(), ...filesBelow("src").filter((file) => file.endsWith(".ts")), "README.md"];
  const examples = sources
    .filter((file) => fs.existsSync(path.join(root, file)))
    .flatMap((file) => findExamples(file, fs.readFileSync(path.join(root, file), "utf8")));
  const problems = await mapLimited(examples, 2, runExample);
  return { count: examples.length, problems: problems.join("") };
}
