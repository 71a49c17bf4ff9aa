/** `AutoProxy`: a proxy with the methods of its object. @module */
import { BaseProxy, type ProxyTarget, targetOf } from "./base_proxy.ts";

/** What the methods of a type are like on its proxy, of class `P`: they return promises, and what is no method is not there. */
export type Proxied<T, P = BaseProxy> =
  & {
    [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (...args: infer A) => infer R
      ? (...args: A) => Promise<Awaited<R>>
      : never;
  }
  & P;

/**
 * The proxy of a registered type that names no other: it has the methods that are exposed, by default the public ones (those of its class
 * and of what that extends, without a leading `_`).
 *
 * *Differs from Python*: a method called `then`, or like one of {@linkcode BaseProxy}, is reached by `callMethod` only.
 *
 * Python: `multiprocessing/managers.py`, `AutoProxy`.
 */
export class AutoProxy extends BaseProxy {
  /** Made by a manager. @param target See {@linkcode BaseProxy}. */
  constructor(target: ProxyTarget) {
    super(target);
    for (const name of targetOf(this).exposed) {
      if (name === "then" || name in this) continue;
      Object.defineProperty(this, name, { value: (...args: unknown[]) => this.callMethod(name, args), configurable: true, writable: true });
    }
  }
}
