/** Which test files run where in a run of everything. */
import { runtimeNames } from "./runtimes.ts";

/** The versions of Node share the costly files: each runs on one of them. */
export const nodes = runtimeNames.filter((name) => name.startsWith("node@"));

/** The one that runs all other files, as Deno and Bun run every file. */
const main = "node@24";

/** They share the other files as well, the oldest first. */
export const sharing = nodes.filter((name) => name !== main);

const methods = ["spawn", "forkserver", "thread"];

/** A battery is the tests of one class, bound to a start method. */
const battery = /^(.*)_(spawn|forkserver|thread)_test\.ts$/;

/** What else takes seconds of CPU on each runtime: programs, bundles, Pythons, samples. Not what asks whether a runtime behaves (`tests/runtime/`). */
export const costly = [
  "tests/base/wait_queue_test.ts",
  "tests/connection/channel_test.ts",
  "tests/connection/hostile_ports_test.ts",
  "tests/connection/hostile_test.ts",
  "tests/connection/listener_test.ts",
  "tests/connection/pipe_programs_test.ts",
  "tests/connection/python_test.ts",
  "tests/context/freeze_test.ts",
  "tests/context/logging_test.ts",
  "tests/context/memory_test.ts",
  "tests/context/permissions_test.ts",
  "tests/context/runtimes_test.ts",
  "tests/demo/demo_test.ts",
  "tests/examples/notes_test.ts",
  "tests/faults/programs_test.ts",
  "tests/managers/hostile_test.ts",
  "tests/managers/programs_test.ts",
  "tests/managers/proxies_test.ts",
  "tests/managers/python_client_test.ts",
  "tests/managers/python_server_test.ts",
  "tests/managers/remote_test.ts",
  "tests/memory/programs_test.ts",
  "tests/memory/python_test.ts",
  "tests/package/package_test.ts",
  "tests/pool/contract_test.ts",
  "tests/pool/programs_test.ts",
  "tests/process/interrupt_test.ts",
  "tests/process/process_options_test.ts",
  "tests/process/programs_test.ts",
  "tests/process/relatives_test.ts",
  "tests/reference/shared_buffers_test.ts",
  "tests/server/pipelining_test.ts",
  "tests/server/stress_test.ts",
  "tests/sharedctypes/programs_test.ts",
  "tests/sharedctypes/shared_program_test.ts",
  "tests/sync/units_test.ts",
  "tests/threading/programs_test.ts",
  "tests/threading/thread_test.ts",
  "tests/threading/threads_of_processes_test.ts",
  "tests/threading/timer_test.ts",
  "tests/wire/limits_test.ts",
  "tests/wire/pickle_hostile_test.ts",
  "tests/wire/pickle_python_test.ts",
  "tests/wire/property_test.ts",
];

/** The versions of Node that run a file. */
function nodesOf(file: string, files: string[]): string[] {
  if (costly.includes(file)) return [nodes[costly.indexOf(file) % nodes.length]!];
  const [, name, method] = battery.exec(file) ?? [];
  if (name !== undefined) {
    const classes = [...new Set(files.map((file) => battery.exec(file)?.[1]).filter((name) => name !== undefined))].sort();
    return [main, sharing[(classes.indexOf(name) + methods.indexOf(method!)) % sharing.length]!];
  }
  if (file.startsWith("tests/runtime/")) return nodes;
  const [oldest, ...others] = sharing;
  return [main, oldest!, others[files.indexOf(file) % others.length]!];
}

/**
 * What a runtime runs of all test files: Deno and Bun every one. Of the costly files each version of Node runs a quarter, and Node 24 runs all the others. Of the
 * batteries each of the versions beside it runs every class, by one start method, and every start method, with a third of the classes. Of the rest the oldest
 * runs all, because it is the one that lacks something, and the others share them; what asks whether a runtime behaves all of them run.
 */
export function filesFor(runtime: string, files: string[]): string[] {
  if (!nodes.includes(runtime)) return files;
  return files.filter((file) => nodesOf(file, files).includes(runtime));
}
