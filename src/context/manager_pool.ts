/** The pools of a manager. @module */
import type { MakePool } from "../managers/server_control.ts";
import type { PoolOptions } from "../pool/pool.ts";
import { Pool } from "./pool.ts";

/** Makes a pool in the manager's process; its workers are started as that was. */
export const makeManagerPool: MakePool = (options) => new Pool(options as PoolOptions);
