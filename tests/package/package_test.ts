import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// Inside the package this file is .build/installed/tests/package/package_test.js; the tarball and the modules lie beside the package.
const built = fileURLToPath(new URL("../../../", import.meta.url));
const tarball = path.join(built, "package.tgz");
const isInside = /[\\/]\.build[\\/]installed[\\/]/.test(fileURLToPath(import.meta.url));
const skip = isInside ? false : "this runtime runs the sources, not the npm package";

test("the npm package installs into an empty folder, and each of its exports can be imported there", { skip }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
  try {
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", tarball], { cwd: folder, stdio: "pipe" });
    const installed = path.join(folder, "node_modules", "@fenshen", "multiprocessing", "package.json");
    const { name, exports } = JSON.parse(fs.readFileSync(installed, "utf8"));
    // The child's entry is started by the library, not imported by a program.
    const specifiers = Object.keys(exports).filter((key) => key !== "./child").map((key) => path.posix.join(name, key));
    const program = specifiers.map((specifier) => `console.log(Object.keys(await import("${specifier}")).length > 0);`).join("\n");
    fs.writeFileSync(path.join(folder, "program.js"), program);
    const output = execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
    assert.equal(output, "true\n".repeat(specifiers.length));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test("the npm package has JavaScript and types for each export, and no TypeScript source", { skip }, () => {
  const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n").map((file) =>
    file.replace("package/", "./")
  );
  const { exports } = JSON.parse(execFileSync("tar", ["xzOf", tarball, "package/package.json"], { encoding: "utf8" }));
  for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports)) {
    assert.ok(files.includes(types), `${types} is missing`);
    assert.ok(files.includes(code), `${code} is missing`);
  }
  assert.deepEqual(files.filter((file) => /(?<!\.d)\.ts$/.test(file)), []);
});

test("the npm package names koffi as a peer that users may install, and npm does not by itself", { skip }, () => {
  const text = execFileSync("tar", ["xzOf", tarball, "package/package.json"], { encoding: "utf8" });
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(text);
  assert.match(peerDependencies.koffi, /^\^\d+$/);
  assert.deepEqual(peerDependenciesMeta, { koffi: { optional: true } });
  assert.equal("koffi" in dependencies, false);
});

/** Calls with a new project that has the package, as it is in a folder of the build, and its dependencies. */
function inProject(from: "modules" | "package", use: (folder: string) => void): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "project-"));
  try {
    const packages = path.join(folder, "node_modules");
    fs.mkdirSync(path.join(packages, "@fenshen"), { recursive: true });
    fs.cpSync(path.join(built, from), path.join(packages, "@fenshen", "multiprocessing"), { recursive: true });
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(built, "installed", "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      fs.cpSync(path.join(built, "installed", "node_modules", name), path.join(packages, name), { recursive: true });
    }
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

test("the modules as JSR serves them to Bun and Node, one file each, work in processes and threads", { skip }, () => {
  inProject("modules", (folder) => {
    const name = "processes_and_threads.js";
    fs.copyFileSync(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)), path.join(folder, name));
    const output = execFileSync(process.execPath, [name], { cwd: folder, encoding: "utf8" });
    assert.equal(output, ["spawn", "thread"].map((method) => `${method} 1 4 9 ${method}! 3 1,2\n`).join(""));
  });
});

const program = `import * as mp from "@fenshen/multiprocessing";
export function tell(text: string): void {
  console.log(text);
}
if (mp.isMain(import.meta)) {
  const { Process } = mp.getContext("forkserver");
  // The last of them are warm.
  for (const text of ["1", "2", "3", "4", "5"]) {
    const child = new Process({ target: tell, args: [text] });
    await child.start();
    await child.join();
  }
}
`;
const runsTypeScript = process.versions.bun !== undefined || Boolean((process.features as { typescript?: unknown }).typescript);

test("a program in TypeScript has warm children, which print nothing of their own", {
  skip: skip || !runsTypeScript && "this Node runs no TypeScript",
}, () => {
  inProject("package", (folder) => {
    fs.writeFileSync(path.join(folder, "program.ts"), program);
    const { stdout, stderr, status } = spawnSync(process.execPath, ["program.ts"], { cwd: folder, encoding: "utf8" });
    assert.deepEqual([stdout, stderr, status], ["1\n2\n3\n4\n5\n", "", 0]);
  });
});
