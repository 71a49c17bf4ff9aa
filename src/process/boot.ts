/**
 * What a child does: connect to its parent, learn who it is, run, and end so that nothing it promised is lost.
 *
 * @module
 */
import { AuthenticationString } from "../base/authkey.ts";
import { BrokenPipeError, EOFError, ProcessError, SystemExit } from "../base/errors.ts";
import { inheritLog, nameLog } from "../base/logger.ts";
import { allPendingSettled } from "../base/pending.ts";
import { connectTo } from "../connection/endpoint.ts";
import { portChannel } from "../connection/port_channel.ts";
import type { Ticket } from "../connection/ticket.ts";
import { importModule, runAsTarget } from "../reference/importing.ts";
import { decodeValue } from "../reference/value.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import { sayBye } from "../server/local_server.ts";
import { settleChildren, terminateChildren } from "./children.ts";
import { type BootMessage, Lanes, type PreloadMessage } from "./control.ts";
import { becomeCurrent, currentProcess, parentVanished } from "./current.ts";
import { exitCodeOf, uncaughtText } from "./exit_code.ts";
import { endSpares } from "./forkserver.ts";
import { becomeUnit, thisUnit } from "./identity.ts";
import { BaseProcess } from "./process.ts";
import { checkProgram } from "./program.ts";
import type { Services } from "./service.ts";

/** How a unit ends: its exit code, and what belongs on stderr. */
interface Outcome {
  code: number;
  text: string | null;
  /** It ended by an error that nobody caught. */
  died: boolean;
  /** That was the loss of a connection. */
  lost?: boolean;
}

/** How long a daemon that has lost a connection waits for the news that its parent is dead, in milliseconds. */
const NEWS_OF_DEATH = 500;

/**
 * Runs this child from its first message to its end. Never returns: the unit exits.
 *
 * @param data From the launch. @param services What else than a program it may be told to run. @param warmUp What it does while it waits as a spare.
 */
export async function runUnit(data: unknown, services: Services, warmUp: () => Promise<unknown>): Promise<void> {
  runtime.keepAlive();
  runtime.makeStdioSynchronous();
  const lanes = await connectToParent(data as { ticket?: Ticket });
  const boot = await firstMessage(lanes, (message) => void prepare(warmUp, message));
  const { name, path, kind, daemon, method, parent } = boot;
  const authkey = new AuthenticationString(boot.authkey);
  becomeUnit({ name, path, kind, daemon, method, parent, authkey });
  inheritLog(log, boot.log);
  nameLog(log, () => thisUnit().name);
  let orphan = false;
  runtime.onExit(() => runtime.leaveSocketFolder(orphan ? parent.pid : undefined));
  let result: Outcome | null = null;
  const end = async (outcome: Outcome) => {
    // What a daemon shares with its parent may break before it hears that the parent is dead, which ends it: then it has nothing to tell.
    if (daemon && outcome.lost) {
      await Promise.race([
        lanes.closed,
        new Promise<void>((resolve) => void runtime.backgroundTimer(NEWS_OF_DEATH, resolve)),
      ]);
    }
    const ending = result !== null;
    // The first failure counts, also one of code that the target has left running.
    if (result === null || (result.code === 0 && outcome.code !== 0)) {
      result = outcome;
      if (outcome.text !== null) runtime.writeError(outcome.text);
    }
    if (ending) return;
    // First what was promised to others: tasks that a pool here accepted need its workers.
    await allPendingSettled();
    // Failures that nobody looks at are told at the end of the turn in which they happened; on Bun and Deno a timer that is due may come before.
    for (let turns = 0; turns < 2; turns++) await new Promise<void>((resolve) => void runtime.backgroundTimer(0, resolve));
    await settleChildren();
    if (method === "thread") {
      await endSpares();
      await runtime.guardiansGone();
    }
    if (!result.died) {
      sayBye();
      await allPendingSettled();
    }
    const { code } = result;
    log.info(`process exiting with exitcode ${code}`);
    lanes.send({ type: "exit", code });
    await lanes.channel.flushed();
    runtime.exit(code);
  };
  runtime.onUncaught((error) => void end(failure(error)));
  lanes.closed.then(() => {
    orphan = true;
    parentVanished();
    if (!daemon || result !== null) return;
    // A daemon ends with its parent, and takes along what it started.
    terminateChildren();
    runtime.exit(1);
  });
  await end(
    await outcomeOf(() => boot.service === null ? runProgram(boot.payload) : runService(boot.service, boot.payload, lanes, services)),
  );
}

async function connectToParent(data: { ticket?: Ticket }): Promise<Lanes> {
  const port = runtime.parentPort();
  const channel = port !== null ? portChannel(port) : await connectTo(data.ticket!).catch(() => {
    // The parent ended meanwhile; nobody is left to tell.
    return runtime.exit(1);
  });
  channel.unref();
  return new Lanes(channel);
}

function firstMessage(lanes: Lanes, onPreload: (message: PreloadMessage) => void): Promise<BootMessage> {
  return new Promise((resolve) => {
    let arrived = false;
    lanes.onMessage((message) => {
      if (message.type === "boot") {
        arrived = true;
        resolve(message);
      } else if (message.type === "preload") onPreload(message);
      else if (message.type === "ask") lanes.send({ type: "here" });
    });
    // Without work there is nothing to finish.
    lanes.closed.then(() => arrived || runtime.exit(1));
  });
}

/** Imports ahead of their use what this library and the user's modules need. What fails says so where it is needed. */
async function prepare(warmUp: () => Promise<unknown>, { modules, typescript }: PreloadMessage): Promise<void> {
  await warmUp().catch(() => {});
  // The runtime loads what makes them at the first use; every shared object that arrives has a name of such bytes.
  runtime.randomBytes(1);
  if (typescript) runtime.loadTypeStripper();
  for (const module of modules) await importModule(module).catch(() => {});
}

async function outcomeOf(run: () => Promise<number>): Promise<Outcome> {
  log.info("child process calling self.run()");
  try {
    return { code: await run(), text: null, died: false };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Outcome {
  const { kind } = thisUnit();
  if (error instanceof SystemExit) {
    const { code, text } = exitCodeOf(error.code);
    // A thread ends silently, as in Python.
    return { code, text: text === null || kind === "thread" ? null : text + "\n", died: false };
  }
  const lost = error instanceof BrokenPipeError || error instanceof EOFError;
  return { code: 1, text: uncaughtText({ kind, name: currentProcess().name }, error), died: true, lost };
}

/** Runs the target. @returns The exit code that it chose without ending there. */
async function runProgram(payload: Uint8Array): Promise<number> {
  const program = checkProgram(await decodeValue(payload));
  const { subclass } = program;
  const prototype = subclass?.class.prototype ?? BaseProcess.prototype;
  if (subclass && !(prototype instanceof BaseProcess)) {
    throw new ProcessError("Cannot run a process: its class is no subclass of Process here");
  }
  const self = becomeCurrent(prototype, subclass?.fields ?? {}, program);
  await runAsTarget(() => self.run());
  return runtime.exitCode();
}

async function runService(name: string, payload: Uint8Array, lanes: Lanes, services: Services): Promise<number> {
  const load = Object.hasOwn(services, name) ? services[name] : undefined;
  if (!load) throw new ProcessError(`Cannot run the service ${name}: this version of the library does not know it`);
  const main = await load();
  await main(lanes.service, await decodeValue(payload));
  return 0;
}
