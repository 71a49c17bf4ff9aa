/** Proxies are loaded with the first manager, or the first proxy that arrives: most units never see one. @module */
import { registerHandleGroup } from "../wire/handles.ts";

/** The group of their handle types. */
export const PROXY_GROUP = "proxies";

/** Lets proxies arrive. Calling it again does nothing. */
export function registerProxyGroup(): void {
  registerHandleGroup(PROXY_GROUP, async () => (await import("./handles.ts")).registerProxyHandles());
}
