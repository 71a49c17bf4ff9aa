/** How each kind of call becomes tasks. @module */
import type { Undo } from "../reference/value.ts";
import { Call } from "./call.ts";
import { type Encoded, encodeItem, undo } from "./carried.ts";
import type { PoolCore } from "./core.ts";
import type { AnyFunction, FunctionRecord } from "./functions.ts";
import { Imap } from "./imap.ts";
import { IMapIterator } from "./imap_iterator.ts";
import { isIterable, ItemSource } from "./item_source.ts";
import { defaultChunksize, MapCall, type MapJobOptions } from "./map_call.ts";
import { type ApplyOptions, atLeastOne, checkFunction, checkOptions, type ImapOptions, shown } from "./options.ts";
import { SPREAD } from "./protocol.ts";
import type { CallSite } from "./remote_error.ts";
import { taskOf } from "./task.ts";

/** An iterable of either kind. */
export type AnyIterable<T = unknown> = Iterable<T> | AsyncIterable<T>;

/** Submits one call. */
export function submitCall<T>(
  core: PoolCore,
  fn: AnyFunction,
  args: unknown,
  options: ApplyOptions<T> | undefined,
  site: CallSite,
  callbacks: readonly string[],
): Call<T> {
  checkFunction("apply", fn);
  checkOptions("apply", options, callbacks);
  const list = argumentsOf("apply", args, "args");
  const call = new Call<T>(site, options);
  if (!admitted(core, call)) return call;
  try {
    const record = core.functions.find(fn);
    const carried: Undo[] = [];
    const items = [encodeItem(list, "args", core.audience(call.retries), carried)];
    // Code in the arguments, such as a getter, may have ended the pool, or the call.
    const refused = core.refusal();
    if (refused !== null) call.fail(refused.error);
    if (call.settled) undo(carried);
    else core.submit(taskOf(record, call, SPREAD, { first: 0, items, carried }));
  } catch (error) {
    call.fail(error);
  }
  return call;
}

/** What `submitMap` needs to know. */
export interface MapRequest<T> {
  method: "map" | "starmap";
  fn: AnyFunction;
  iterable: unknown;
  options: (MapJobOptions<T> & { chunksize?: number | null }) | undefined;
  site: CallSite;
  /** The names of those that it may be given. */
  callbacks: readonly string[];
}

/** Submits a call for every item. */
export function submitMap<T>(core: PoolCore, { method, fn, iterable, options, site, callbacks }: MapRequest<T>): MapCall<T> {
  checkFunction(method, fn);
  checkOptions(method, options, ["chunksize", "onProgress", ...callbacks]);
  const chunksize = atLeastOne(method, "chunksize", options?.chunksize);
  if (!isIterable(iterable)) throw new TypeError(`Cannot ${method}: its second argument must be an iterable, received ${shown(iterable)}`);
  const call = new MapCall<T>(site, options);
  if (!admitted(core, call)) return call;
  // Everything that throws from here on is the outcome of the call: the iterable's own errors, and what cannot travel.
  const guarded = (run: () => void) => {
    try {
      run();
    } catch (error) {
      call.fail(error);
    }
  };
  guarded(() => {
    const record = core.functions.find(fn);
    collect(
      core,
      call,
      iterable,
      (items) => guarded(() => submitChunks(core, call, record, { items, chunksize, spread: method === "starmap" })),
    );
  });
  return call;
}

/** Submits an `imap`. */
export function submitImap<R>(
  core: PoolCore,
  { fn, iterable, options, site, ordered }: {
    fn: AnyFunction;
    iterable: unknown;
    options: ImapOptions | undefined;
    site: CallSite;
    ordered: boolean;
  },
): IMapIterator<R> {
  const method = ordered ? "imap" : "imapUnordered";
  checkFunction(method, fn);
  checkOptions(method, options, ["chunksize", "buffersize"]);
  const chunksize = atLeastOne(method, "chunksize", options?.chunksize) ?? 1;
  const buffersize = atLeastOne(method, "buffersize", options?.buffersize);
  if (!isIterable(iterable)) throw new TypeError(`Cannot ${method}: its second argument must be an iterable, received ${shown(iterable)}`);
  const window = buffersize ?? 4 * core.size * chunksize;
  const plan = { site, ordered, chunksize, window, mayWiden: buffersize === null, options: options ?? {} };
  const imap = new Imap<R>(core, iterable, plan);
  const refused = core.refusal();
  if (refused !== null) imap.fail(refused.error);
  else startImap(core, imap, fn);
  return new IMapIterator<R>(imap);
}

function startImap<R>(core: PoolCore, imap: Imap<R>, fn: AnyFunction): void {
  imap.watch();
  if (imap.settled) return;
  try {
    imap.fn = core.functions.find(fn);
  } catch (error) {
    return imap.fail(error);
  }
  core.opened(imap);
  imap.start();
}

interface Chunks {
  items: readonly unknown[];
  chunksize: number | null;
  spread: boolean;
}

function submitChunks<T>(core: PoolCore, call: MapCall<T>, fn: FunctionRecord, { items, chunksize, spread }: Chunks): void {
  call.expect(items.length);
  const size = chunksize ?? defaultChunksize(items.length, core.size);
  const audience = core.audience(call.retries);
  for (let first = 0; first < items.length; first += size) {
    // The timeout may have been 0, or code of the iterable, of its items or of a callback may have ended it.
    if (call.settled) return;
    const chunk: Encoded[] = [];
    const carried: Undo[] = [];
    try {
      for (let i = first; i < Math.min(first + size, items.length); i++) {
        const item = spread ? argumentsOf("starmap", items[i], `item ${i}`) : items[i];
        chunk.push(encodeItem(item, "item", audience, carried, i - first));
      }
    } catch (error) {
      undo(carried);
      throw error;
    }
    if (call.settled) return undo(carried);
    core.submit(taskOf(fn, call, spread ? SPREAD : 0, { first, items: chunk, carried }));
  }
}

/** Reads a whole iterable; an asynchronous one as its items come. */
function collect<T>(core: PoolCore, call: MapCall<T>, iterable: AnyIterable, then: (items: unknown[]) => void): void {
  const open = { fail: (error: unknown) => call.fail(error), widen() {} };
  core.opened(open);
  if (typeof (iterable as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== "function") {
    try {
      return then([...iterable as Iterable<unknown>]);
    } finally {
      core.closed(open);
    }
  }
  const items: unknown[] = [];
  const source = new ItemSource(iterable, {
    wanted: () => true,
    item: (value) => {
      if (call.settled) letGo();
      else items.push(value);
    },
    end: (failure) => {
      if (failure !== null) call.fail(failure.error);
      else if (!call.settled) then(items);
      core.closed(open);
    },
  });
  const letGo = () => {
    source.abandon();
    core.closed(open);
  };
  // A call that gave up waits for no item: it may never come.
  void call.result.wait().then(letGo);
  source.pull();
}

function argumentsOf(method: string, value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === undefined && method === "apply") return [];
  const { [Symbol.iterator]: iterator } = Object(value) as Partial<Iterable<unknown>>;
  if (typeof iterator !== "function") {
    throw new TypeError(`Cannot ${method}: ${what} must be an iterable of arguments, received ${shown(value)}`);
  }
  return [...value as Iterable<unknown>];
}

/** Whether a call may submit; if not, it has been told. */
function admitted(core: PoolCore, call: { fail(error: unknown): void; watch(): void; readonly settled: boolean }): boolean {
  const refused = core.refusal();
  if (refused !== null) call.fail(refused.error);
  else call.watch();
  return !call.settled;
}
