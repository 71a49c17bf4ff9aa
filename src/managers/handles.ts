/** Which proxies travel. @module */
import { type HandleState, ServedRef, type UnderWay } from "../server/handle.ts";
import { registerHandle } from "../wire/handles.ts";
import { ArrayProxy } from "./array_proxy.ts";
import { AutoProxy } from "./auto_proxy.ts";
import { BaseProxy, type Target, targetOf } from "./base_proxy.ts";
import { DictProxy } from "./dict_proxy.ts";
import { INSTANCE } from "./instance_object.ts";
import { IteratorProxy } from "./iterator_proxy.ts";
import { ListProxy } from "./list_proxy.ts";
import { NamespaceProxy } from "./namespace_proxy.ts";
import { PoolProxy } from "./pool_proxy.ts";
import { PROXY_GROUP } from "./proxy_group.ts";
import type { ProxyClass } from "./registry.ts";
import { SetProxy } from "./set_proxy.ts";
import { ValueProxy } from "./value_proxy.ts";

interface ProxyState {
  readonly handle: HandleState;
  readonly typeid: string;
  readonly exposed: readonly string[];
  /** The class, where it is one of the user's. */
  readonly cls: ProxyClass | null;
}

const builtin: Readonly<Record<string, ProxyClass>> = { ListProxy, DictProxy, SetProxy, NamespaceProxy, ValueProxy, ArrayProxy };
const ofInstances: Readonly<Record<string, ProxyClass>> = { AutoProxy, IteratorProxy, PoolProxy };

let registered = false;

/** Lets proxies travel. Calling it again does nothing. */
export function registerProxyHandles(): void {
  if (registered) return;
  registered = true;
  for (const [type, cls] of Object.entries(builtin)) register(type, cls, type, false);
  for (const [type, cls] of Object.entries(ofInstances)) register(type, cls, INSTANCE, false);
  register("BaseProxy", BaseProxy, INSTANCE, true);
}

function register(type: string, cls: ProxyClass, served: string, ofUser: boolean): void {
  registerHandle<BaseProxy, ProxyState>({
    type,
    group: PROXY_GROUP,
    class: cls,
    carriesClass: true,
    reduce: (proxy, ...under: UnderWay) => {
      const { ref, typeid, exposed } = targetOf(proxy, "send");
      return { handle: ref.reduce(...under), typeid, exposed, cls: ofUser ? proxy.constructor as ProxyClass : null };
    },
    revive: (state) => {
      const { handle, typeid, exposed, cls: given } = (state ?? {}) as Partial<ProxyState>;
      const target: Target = {
        ref: ServedRef.revive(served, handle),
        typeid: String(typeid),
        exposed: Array.isArray(exposed) ? exposed.map(String) : [],
      };
      const chosen = ofUser && typeof given === "function" && given.prototype instanceof BaseProxy ? given : cls;
      return new chosen(target);
    },
  });
}
