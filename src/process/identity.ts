/**
 * Who this unit is: the root program, or a child that was told so by its parent.
 * One record a unit, written once by the child's boot module.
 *
 * @module
 */
import { AuthenticationString } from "../base/authkey.ts";
import { runtime } from "../runtime/runtime.ts";

/** How a unit is started: `"spawn"`, a fresh process; `"forkserver"`, a process that was launched ahead; `"thread"`, a worker thread. */
export type StartMethodName = "spawn" | "forkserver" | "thread";

/** What a unit is to its user: a `Process`, or a `Thread` of `/threading`. A Process of the start method `"thread"` is still a process. */
export type UnitKind = "process" | "thread";

/** What a unit knows of itself. */
export interface Identity {
  /** `MainProcess` in the root, else what the creator chose. */
  name: string;
  /** Numbers of this unit and its ancestors, without the root: `[1, 2]` is the second child of the first child. */
  path: number[];
  kind: UnitKind;
  daemon: boolean;
  /** How this unit was started; `null` in the root. */
  method: StartMethodName | null;
  /** The creator, or `null` in the root. */
  parent: { name: string; pid: number; ident: number } | null;
  authkey: AuthenticationString;
}

/** A unit may not be nested deeper: the last fence against a fork bomb. */
export const DEEPEST_NESTING = 16;

let identity: Identity | null = null;
let children = 0;

/** The record of this unit; the root's is made at first need. */
export function thisUnit(): Identity {
  identity ??= {
    name: "MainProcess",
    path: [],
    kind: "process",
    daemon: false,
    method: null,
    parent: null,
    authkey: new AuthenticationString(runtime.randomBytes(32)),
  };
  return identity;
}

/** Says who this unit is; called once, by the boot module of a child. */
export function becomeUnit(record: Identity): void {
  identity = record;
}

/** Whether this unit was started by this library. */
export function isChildUnit(): boolean {
  return identity !== null && identity.parent !== null;
}

/** The number of the next child; spent even when its start fails, as in Python. */
export function nextChildPath(): number[] {
  return [...thisUnit().path, ++children];
}
