/**
 * Managers of Python programs, and objects for them, over connections in CPython's own format.
 *
 * @module
 */
export { PythonManagerClient, PythonProxy } from "./src/managers/python/client.ts";
export type { Keywords, PythonManagerOptions } from "./src/managers/python/client.ts";
export type { MessageChannel, MessageLimits } from "./src/managers/python/messages.ts";
export { PythonManagerServer } from "./src/managers/python/server.ts";
export type { PythonServerOptions, ReferentFactory } from "./src/managers/python/server.ts";
export { raise } from "./src/managers/python/referent.ts";
export type { PythonCall, Referent } from "./src/managers/python/referent.ts";
export { dictReferent, instanceReferent, listReferent, namespaceReferent } from "./src/managers/python/container_referents.ts";
export { eventReferent, lockReferent, queueReferent } from "./src/managers/python/shared_referents.ts";
export { ProxyRecipe, PythonToken } from "./src/managers/python/tokens.ts";
