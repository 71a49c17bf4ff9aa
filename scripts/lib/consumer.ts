/** A program that uses the npm package, as TypeScript under NodeNext sees it. */
import fs from "node:fs";
import path from "node:path";
import { command, must } from "./command.ts";
import { pack, tarball } from "./package.ts";
import { buildFolder, filesBelow, readConfig, root } from "./project.ts";
import { fromNpm } from "./runtimes.ts";

/** The last TypeScript written in JavaScript: what most projects have. */
const typescript = "5.9.3";

const compilerOptions = {
  module: "nodenext",
  target: "es2022",
  lib: ["esnext", "dom"],
  types: ["node"],
  strict: true,
  noEmit: true,
  // The package's own declarations are checked too.
  skipLibCheck: false,
  allowImportingTsExtensions: true,
  noUncheckedSideEffectImports: true,
};

/** Checks the packed `.d.ts` files, and the type tests against them. @returns what is wrong, or `""` */
export async function checkConsumer(): Promise<string> {
  const folder = path.join(buildFolder, "consumer");
  const { name, exports } = readConfig();
  fs.rmSync(folder, { recursive: true, force: true });
  await pack();
  const installed = path.join(folder, "node_modules", name);
  fs.mkdirSync(installed, { recursive: true });
  await must("tar", ["xzf", tarball, "--strip-components=1", "-C", installed]);
  const imports = Object.keys(exports).map((key) => `import "${path.posix.join(name, key)}";\n`);
  fs.writeFileSync(path.join(folder, "faces.ts"), imports.join(""));
  for (const file of filesBelow("tests/types").filter((file) => file.endsWith(".ts"))) {
    fs.copyFileSync(path.join(root, file), path.join(folder, path.basename(file)));
  }
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = await fromNpm("typescript", typescript, "tsc");
  const { ok, output } = await command(tsc, ["--project", folder]);
  return ok ? "" : output;
}
