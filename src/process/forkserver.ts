/**
 * Start method `"forkserver"`: warm children. No JavaScript runtime can fork, but what Python's users want from a fork server, a fast start, can be had:
 * some children are launched ahead, boot, import the preload modules, and wait for their first message.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { spawn } from "./spawn.ts";
import type { LaunchedUnit, LaunchOptions, StartMethod } from "./start_method.ts";

/** How many children are kept warm for each kind. */
const STOCK = 2;
/** Of how many sets of options, beside that of no options. Those used longest ago are given up. */
const MOST_SETS = 4;

/** How long a child that was handed out has the processor before the next one is launched beside it, in milliseconds: longer than it takes to begin. */
const HEAD_START = 40;

/** A child that waits for its first message. */
interface Spare {
  readonly unit: LaunchedUnit;
  /** What it was launched in. */
  readonly surroundings: string;
  /** It has become somebody's child: the guardian need not end it with the program. */
  letGo(): void;
}

/** Spares that can be handed out, and how many are being launched. */
interface Stock {
  readonly spares: Set<Spare>;
  readonly launching: Set<Promise<unknown>>;
  /** Nobody will ask for these any more: what is being launched is ended. */
  givenUp: boolean;
}

/** By what the children have in common, used longest ago first. */
const stocks = new Map<string, Stock>();
const PLAIN_CHILD = kindOf({ name: "", daemon: false });
const PLAIN_DAEMON = kindOf({ name: "", daemon: true });
let preload: string[] = [];

/**
 * Hands out a warm child where one waits; else launches one as `"spawn"` does. Children with options of their own come from a stock of their own, which
 * is laid in when the same options are used a second time: options that differ for each child would only make children that nobody asks for.
 */
export const forkserver: StartMethod = {
  name: "forkserver",
  async launch(options: LaunchOptions): Promise<LaunchedUnit> {
    const kind = kindOf(options);
    const known = stocks.get(kind);
    const stock = known ?? { spares: new Set(), launching: new Set(), givenUp: false };
    stocks.delete(kind);
    stocks.set(kind, stock);
    giveUpOldest();
    const wanted = known !== undefined || isPlain(options);
    for (let spare = take(stock); spare !== null; spare = take(stock)) {
      if (!await answers(spare.unit)) continue;
      if (!options.daemon) spare.letGo();
      runtime.backgroundTimer(HEAD_START, () => refill(stock, options));
      return spare.unit;
    }
    if (wanted) refill(stock, options);
    return spawn.launch(options);
  },
};

/** What children that may stand in for each other have in common. A daemon is in a process group of its own, so it is another kind. */
function kindOf({ name: _name, ...rest }: LaunchOptions): string {
  return JSON.stringify(Object.entries(rest).filter(([, value]) => value !== undefined).sort(([a], [b]) => a < b ? -1 : 1));
}

/** Stocks of children without options, daemons and others, stay. */
function giveUpOldest(): void {
  const sets = [...stocks].filter(([kind]) => kind !== PLAIN_CHILD && kind !== PLAIN_DAEMON);
  for (const [kind, stock] of sets.slice(0, -MOST_SETS)) {
    stocks.delete(kind);
    stock.givenUp = true;
    for (const spare of stock.spares) discard(stock, spare);
  }
}

/** Sets the modules that warm children import ahead; those that wait already are replaced. */
export function preloadModules(urls: string[]): void {
  preload = urls;
  for (const stock of stocks.values()) {
    for (const spare of stock.spares) discard(stock, spare);
  }
}

/** Whether a child asks for nothing of its own. */
function isPlain({ name: _name, daemon: _daemon, ...own }: LaunchOptions): boolean {
  return Object.values(own).every((value) => value === undefined);
}

/** A spare that has what a child inherits now: its creator's folder and environment. One from before a change of them is of no use. */
function take(stock: Stock): Spare | null {
  // Without one there is nothing to compare, and a program that may not look around is told by the launch what it lacks.
  if (stock.spares.size === 0) return null;
  const surroundings = runtime.surroundings();
  for (const spare of stock.spares) {
    if (spare.surroundings === surroundings) {
      stock.spares.delete(spare);
      return spare;
    }
    discard(stock, spare);
  }
  return null;
}

/** Whether a spare still lives: its end may be known later than that of what it was killed with. */
async function answers(unit: LaunchedUnit): Promise<boolean> {
  const lanes = await unit.lanes;
  if (lanes === null) return false;
  const answer = new Promise<boolean>((resolve) => {
    lanes.onMessage((message) => resolve(message.type === "here"));
    unit.exited.then(() => resolve(false));
  });
  lanes.send({ type: "ask" });
  return await answer;
}

function discard(stock: Stock, spare: Spare): void {
  stock.spares.delete(spare);
  spare.unit.kill(9);
}

/** Ends them all. For a thread at its end: nobody else would wait for them, and they would stay in the system's list of processes. */
export async function endSpares(): Promise<void> {
  const all = [...stocks.values()];
  stocks.clear();
  const spares = all.flatMap((stock) => [...stock.spares]);
  for (const stock of all) stock.givenUp = true;
  for (const { unit } of spares) unit.kill(9);
  await Promise.all([...all.flatMap((stock) => [...stock.launching]), ...spares.map(({ unit }) => unit.exited)]);
}

function refill(stock: Stock, options: LaunchOptions): void {
  while (!stock.givenUp && stock.spares.size + stock.launching.size < STOCK) {
    const launch: Promise<unknown> = launchSpare(stock, options).catch(() => {
      // Nothing is lost: the next start launches a child itself and tells what is wrong.
    }).then(() => stock.launching.delete(launch));
    stock.launching.add(launch);
  }
}

async function launchSpare(stock: Stock, options: LaunchOptions): Promise<void> {
  const surroundings = runtime.surroundings();
  const modules = preload;
  const unit = await spawn.launch(options);
  unit.unref();
  const letGo = runtime.guard(unit.pid);
  const spare: Spare = { unit, surroundings, letGo };
  // A spare that dies is missed by nobody; the next start fills up.
  unit.exited.then(() => {
    stock.spares.delete(spare);
    letGo();
  });
  if (modules !== preload || stock.givenUp) {
    unit.kill(9);
    await unit.exited;
    return;
  }
  stock.spares.add(spare);
  const lanes = await unit.lanes;
  lanes?.send({ type: "preload", modules, typescript: isTypeScript() });
}

/** Whether the program is written in it, and so its targets. */
function isTypeScript(): boolean {
  return /\.[mc]?tsx?$/.test(runtime.entryUrl() ?? "");
}
