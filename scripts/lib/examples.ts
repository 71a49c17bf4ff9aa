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

const fileFor = ({ place }: Example) => path.join(folder, `${place.replace(/[^\w]+/g, "_")}.ts`);

/** Type-checks all examples at once. @returns what is wrong, or `""` */
async function checkExamples(examples: Example[]): Promise<string> {
  const all = path.join(folder, "all.ts");
  // Imported as types only, nothing of them runs here. (`deno check` passes over what deno.json excludes, `deno run --check` does not.)
  const imports = examples.map((example, index) => `import type * as example${index} from "./${path.basename(fileFor(example))}";\n`);
  const names = examples.map((_, index) => `typeof example${index}`);
  fs.writeFileSync(all, `${imports.join("")}export type All = [${names.join(", ")}];\n`);
  const { ok, output } = await command(Deno.execPath(), ["run", "--check", "--quiet", all]);
  return ok ? "" : output;
}

/** Runs an example on Deno. @returns what is wrong, or `""` */
async function runExample(example: Example): Promise<string> {
  const { ok, output } = await command(Deno.execPath(), ["run", "--allow-all", "--no-check", "--quiet", fileFor(example)]);
  return ok ? "" : `${example.place}: the example fails\n${output}`;
}

function examplesIn(files: string[]): Example[] {
  return files
    .filter((file) => fs.existsSync(path.join(root, file)))
    .flatMap((file) => findExamples(file, fs.readFileSync(path.join(root, file), "utf8")));
}

/** Checks every example, and runs those that are whole programs: of those in `docs/` some are one of two programs that need each other. @returns what is wrong, or `""` */
export async function runExamples(): Promise<string> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const programs = examplesIn([...faces(), ...filesBelow("src").filter((file) => file.endsWith(".ts")), "README.md"]);
  const parts = examplesIn(filesBelow("docs").filter((file) => file.endsWith(".md")));
  const all = [...programs, ...parts];
  for (const example of all) fs.writeFileSync(fileFor(example), example.code);
  const problems = [await checkExamples(all), ...await mapLimited(programs, 2, runExample)];
  return problems.join("");
}
