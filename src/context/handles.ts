/** Which of our own objects travel. @module */
import { registerProxyGroup } from "../managers/proxy_group.ts";
import { registerHandles as registerOwn } from "../threading/handles.ts";

/** Makes every shared object known to the wire format. Called when a class of a context is first used, and by every child. */
export function registerHandles(): void {
  registerOwn();
  registerProxyGroup();
}
