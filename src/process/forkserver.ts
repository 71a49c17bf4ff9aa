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

/** A child that waits for its first message. */
interface Spare {
  readonly unit: LaunchedUnit;
  readonly cwd: string;
  /** It has become somebody's child: the guardian need not end it with the program. */
  letGo(): void;
}

/** Spares that can be handed out, and how many are being launched. A daemon is in a process group of its own, so it is another kind. */
interface Stock {
  readonly spares: Set<Spare>;
  launching: number;
}

const stocks = { daemon: newStock(), child: newStock() };
let preload: string[] = [];

function newStock(): Stock {
  return { spares: new Set(), launching: 0 };
}

/** Hands out a warm child where one waits and the options ask for nothing of its own; else launches one as `"spawn"` does. */
export const forkserver: StartMethod = {
  name: "forkserver",
  async launch(options: LaunchOptions): Promise<LaunchedUnit> {
    if (!isPlain(options)) return spawn.launch(options);
    const stock = options.daemon ? stocks.daemon : stocks.child;
    for (let spare = take(stock); spare !== null; spare = take(stock)) {
      if (!await answers(spare.unit)) continue;
      if (!options.daemon) spare.letGo();
      // In a turn of its own: a launch takes milliseconds, and the child is to get its program first.
      runtime.backgroundTimer(0, () => refill(stock, options));
      return spare.unit;
    }
    refill(stock, options);
    return spawn.launch(options);
  },
};

/** Sets the modules that warm children import ahead; those that wait already are replaced. */
export function preloadModules(urls: string[]): void {
  preload = urls;
  for (const stock of [stocks.daemon, stocks.child]) {
    for (const spare of stock.spares) discard(stock, spare);
  }
}

/** A child with an environment, a folder or streams of its own cannot be made ahead. */
function isPlain({ name: _name, daemon: _daemon, ...own }: LaunchOptions): boolean {
  return Object.values(own).every((value) => value === undefined);
}

/** A spare of this folder. A child starts in the folder of its creator, so one from before a change of folder is of no use. */
function take(stock: Stock): Spare | null {
  for (const spare of stock.spares) {
    if (spare.cwd === runtime.cwd()) {
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

function refill(stock: Stock, { name, daemon }: LaunchOptions): void {
  while (stock.spares.size + stock.launching < STOCK) {
    stock.launching++;
    launchSpare(stock, { name, daemon }).catch(() => {
      // Nothing is lost: the next start launches a child itself and tells what is wrong.
    }).then(() => stock.launching--);
  }
}

async function launchSpare(stock: Stock, options: LaunchOptions): Promise<void> {
  const cwd = runtime.cwd();
  const modules = preload;
  const unit = await spawn.launch(options);
  unit.unref();
  const letGo = runtime.guard(unit.pid);
  const spare: Spare = { unit, cwd, letGo };
  // A spare that dies is missed by nobody; the next start fills up.
  unit.exited.then(() => {
    stock.spares.delete(spare);
    letGo();
  });
  if (modules !== preload) return unit.kill(9);
  stock.spares.add(spare);
  const lanes = await unit.lanes;
  lanes?.send({ type: "preload", modules });
}
