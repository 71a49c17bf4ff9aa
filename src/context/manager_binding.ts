/** How a manager starts what it starts: as its context does. @module */
import type { CoreManagerOptions, ManagerBinding } from "../managers/manager.ts";
import type { MakePool } from "../managers/server_control.ts";
import type { PoolOptions } from "../pool/pool.ts";
import type { ContextOptions } from "../process/start_method.ts";
import type { Context } from "./context.ts";
import { currentStartMethod } from "./default_method.ts";
import { boundPool } from "./pool.ts";
import { startMethod, type StartMethodName } from "./start_methods.ts";

/** How a manager is made. */
export interface ManagerOptions extends CoreManagerOptions {
  /** The context whose start method and options its process gets. Default: the default context. */
  ctx?: Pick<Context, "getStartMethod">;
}

const bindings = new WeakMap<object, () => ManagerBinding>();

/** Says how a context starts what it starts. */
export function bindContext(context: object, method: StartMethodName, options: ContextOptions): void {
  bindings.set(context, () => ({ method: startMethod(method), context: options, makePool: poolOf(method, options) }));
}

/** How the context in the options starts what it starts. @throws {TypeError} it is none. */
export function bindingOf(options: ManagerOptions | undefined): () => ManagerBinding {
  const ctx = options?.ctx;
  const byMethod = (method: StartMethodName) => ({ method: startMethod(method), context: {}, makePool: poolOf(method, {}) });
  if (ctx === undefined || ctx === null) return () => byMethod(currentStartMethod());
  if (typeof ctx !== "object") throw new TypeError(`Cannot make a manager: ctx must be a context, received ${typeof ctx}`);
  return bindings.get(ctx) ?? (() => byMethod(ctx.getStartMethod() ?? currentStartMethod()));
}

function poolOf(method: StartMethodName, context: ContextOptions): MakePool {
  return (options) => new (boundPool(method, context))(options as PoolOptions);
}
