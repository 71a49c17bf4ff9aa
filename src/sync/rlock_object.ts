/** The lock behind every {@linkcode RLock} handle; lives in the object server. @module */
import { type Waiter, WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";
import type { OwnerPath } from "./owner.ts";

/** The answer to `acquire` when somebody else has it and the caller does not wait. Else: how often it is held now; less than 0: and it was left behind by a dead unit. */
export const NOT_ACQUIRED = 0;
/** The answer to `release` by a scope that does not hold it. Else: how often it is still held. */
export const NOT_OWNED = -1;

/** The holds of one scope. */
export type Hold = readonly [scope: number, count: number];

/** What `statistics()` tells. */
export interface RLockStatistics {
  /** Whether somebody has the lock. */
  readonly locked: boolean;
  /** The name of the unit that has it, or `null`. */
  readonly owner: string | null;
  /** How often it is held: one for every `acquire` and `run` without a release yet. */
  readonly count: number;
  /** How many wait for it. */
  readonly waiting: number;
  /** How often it was acquired so far. */
  readonly acquired: number;
  /** How often an owner died with it. */
  readonly abandoned: number;
}

/** The holds of one scope of the owner. A new object whenever a scope comes in, so that what is given back late never frees a newer hold. */
interface Frame {
  readonly scope: number;
  count: number;
}

/** What a waiter wants: to come in as a scope, or to get back what it had. */
interface Wish {
  readonly client: Client;
  readonly path: OwnerPath;
  readonly holds: readonly Hold[];
}

/**
 * A mutual exclusion lock that its owner may take again.
 *
 * The scopes that hold it form a stack, all of one client. Only a scope that has the top of the stack in its path comes in: the top itself, or one
 * that was opened inside it. So of two scopes opened side by side the second waits, although both are inside the first holder.
 */
export class RLockObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["acquire", "release", "owned", "releaseAll", "restore", "locked", "heard", "ring", "statistics"] as const;

  #client: Client | null = null;
  #frames: Frame[] = [];
  /** The last owner died with it, and nobody has been told yet. */
  #abandoned = false;
  readonly #waiters = new WaitQueue<Delivery<number>, Wish>();
  /** How many have been let in and are told at the end of the running code. */
  #telling = 0;
  /** The owner, while somebody is in synchronously, and whether the bell rang before it listened. */
  #listener: (() => void) | null = null;
  #hasRung = false;
  #acquiredCount = 0;
  #abandonedCount = 0;

  /** Takes the lock once for the first scope of the path, or joins the line. */
  acquire(call: Call, block: unknown, path: unknown): number | Delivery<number> | Promise<Delivery<number>> {
    checkPath(path);
    return this.#take(call, block === true, { client: call.client, path, holds: [[path[0]!, 1]] });
  }

  /** Undoes one `acquire` of the first scope of the path. */
  release(call: Call, path: unknown): number {
    checkPath(path);
    const frame = this.#client === call.client ? this.#frames.findLast((frame) => frame.scope === path[0]) : undefined;
    if (frame === undefined) return NOT_OWNED;
    this.#leave(frame, 1);
    return this.#count();
  }

  /** Whether that scope, or one around it, is the innermost that holds the lock. */
  owned(call: Call, path: unknown): boolean {
    checkPath(path);
    return this.#client === call.client && path.includes(this.#frames.at(-1)!.scope);
  }

  /** Frees the lock however often it is held, and answers what `restore` needs; `null`: not owned. */
  releaseAll(call: Call, path: unknown): Hold[] | null {
    if (!this.owned(call, path)) return null;
    const holds = this.#frames.map(({ scope, count }): Hold => [scope, count]);
    this.#free();
    return holds;
  }

  /** Takes the lock as often as it was held before `releaseAll`, waiting until nobody has it. */
  restore(call: Call, holds: unknown): number | Delivery<number> | Promise<Delivery<number>> {
    checkHolds(holds);
    return this.#take(call, true, { client: call.client, path: [], holds });
  }

  /** Whether somebody has it. */
  locked(_call: Call): boolean {
    return this.#client !== null;
  }

  /** Resolves when the bell of the gate rings, or has rung already. Only the owner listens: who did before is told to look again. */
  heard(_call: Call): null | Promise<null> {
    this.#listener?.();
    this.#listener = null;
    if (!this.#hasRung) return new Promise((resolve) => this.#listener = () => resolve(null));
    this.#hasRung = false;
    return null;
  }

  /** Rings it. */
  ring(_call: Call): void {
    this.#hasRung = this.#listener === null;
    this.#listener?.();
    this.#listener = null;
  }

  /** A snapshot. */
  statistics(_call: Call): RLockStatistics {
    return {
      locked: this.#client !== null,
      owner: this.#client?.name ?? null,
      count: this.#count(),
      waiting: this.#waiters.length,
      acquired: this.#acquiredCount,
      abandoned: this.#abandonedCount,
    };
  }

  /** Frees the lock when the owner is gone. */
  clientGone(client: Client): void {
    if (this.#client !== client) return;
    this.#abandonedCount++;
    this.#free(true);
  }

  #count(): number {
    return this.#frames.reduce((sum, { count }) => sum + count, 0);
  }

  #take(call: Call, block: boolean, wish: Wish): number | Delivery<number> | Promise<Delivery<number>> {
    // Who comes after others of the same owner is not told before them.
    if (this.#admits(wish)) return this.#telling === 0 ? this.#grant(wish) : Promise.resolve(this.#grant(wish));
    if (!block) return NOT_ACQUIRED;
    const waiter = this.#waiters.park(wish);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  #admits({ client, path }: Wish): boolean {
    return this.#client === null || this.#client === client && path.includes(this.#frames.at(-1)!.scope);
  }

  #grant({ client, holds }: Wish): Delivery<number> {
    this.#client = client;
    const taken = holds.map(([scope, count]) => ({ frame: this.#enter(scope, count), count }));
    this.#acquiredCount++;
    const abandoned = this.#abandoned;
    this.#abandoned = false;
    return new Delivery(abandoned ? -this.#count() : this.#count(), {
      giveBack: (how) => {
        const held = taken.filter(({ frame }) => this.#frames.includes(frame));
        if (held.length === 0) return false;
        // A dead client may have received the lock and worked under it before its confirmation could leave.
        if (how === "gone") this.clientGone(client);
        else for (const { frame, count } of held) this.#leave(frame, count, abandoned);
        return true;
      },
    });
  }

  #enter(scope: number, count: number): Frame {
    const top = this.#frames.at(-1);
    if (top?.scope === scope) {
      top.count += count;
      return top;
    }
    const frame = { scope, count };
    this.#frames.push(frame);
    return frame;
  }

  #leave(frame: Frame, count: number, abandoned = false): void {
    frame.count -= count;
    if (frame.count > 0) return;
    this.#frames = this.#frames.filter((other) => other !== frame);
    if (this.#frames.length === 0) this.#free(abandoned);
    else this.#letIn();
  }

  #free(abandoned = false): void {
    this.#client = null;
    this.#frames = [];
    this.#abandoned = abandoned;
    this.#letIn();
  }

  /** All who may come in now, in the order in which they came. */
  #letIn(): void {
    for (let waiter = this.#firstAdmitted(); waiter !== null; waiter = this.#firstAdmitted()) {
      waiter.wake(this.#grant(waiter.tag));
      this.#telling++;
      waiter.promise.then(() => this.#telling--);
    }
  }

  #firstAdmitted(): Waiter<Delivery<number>, Wish> | null {
    for (let waiter = this.#waiters.first; waiter !== null; waiter = waiter.next) if (this.#admits(waiter.tag)) return waiter;
    return null;
  }
}

function checkPath(path: unknown): asserts path is OwnerPath {
  if (Array.isArray(path) && path.length > 0 && path.every(Number.isSafeInteger)) return;
  throw new TypeError(`Cannot use an RLock: its owner must be a path of scopes, received ${typeof path}`);
}

function checkHolds(holds: unknown): asserts holds is readonly Hold[] {
  if (Array.isArray(holds) && holds.length > 0 && holds.every(isHold)) return;
  throw new TypeError(`Cannot restore an RLock: it takes what releaseAll() answered, received ${typeof holds}`);
}

function isHold(hold: unknown): hold is Hold {
  return Array.isArray(hold) && hold.length === 2 && Number.isSafeInteger(hold[0]) && Number.isSafeInteger(hold[1]) && hold[1] > 0;
}
