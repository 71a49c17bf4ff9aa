/** What TypeScript infers through managers and their proxies. */
import * as mp from "@fenshen/multiprocessing";
import { type DictProxy, type ListProxy, type Proxied, SyncManager, type ValueProxy } from "@fenshen/multiprocessing/managers";
import { expectType } from "./expect.ts";

declare const manager: SyncManager;
declare const list: ListProxy<number>;
declare const dict: DictProxy<string, number>;

expectType<Promise<SyncManager>>()(mp.Manager());
expectType<Promise<SyncManager>>()(mp.getContext("thread").Manager({ shutdownTimeout: 5 }));
expectType<Promise<ListProxy<number>>>()(manager.list([1, 2]));
expectType<Promise<ListProxy<string>>>()(manager.list<string>());
expectType<Promise<DictProxy<string, number>>>()(manager.dict({ a: 1 }));
expectType<Promise<DictProxy<number, string>>>()(manager.dict([[1, "a"]]));
expectType<Promise<DictProxy<string, ListProxy<number>>>>()(manager.dict<string, ListProxy<number>>());
expectType<Promise<ValueProxy<number>>>()(manager.Value("i", 1));
expectType<Promise<mp.Queue<number>>>()(manager.Queue<number>(3));

expectType<Promise<number>>()(list.get(0));
expectType<Promise<number>>()(list.length());
expectType<Promise<number | undefined>>()(dict.get("a"));
expectType<Promise<number | null>>()(dict.get("a", null));
expectType<Promise<[string, number][]>>()(dict.items());
expectType<Promise<boolean>>()(dict.update((all, key: string) => all.has(key), "a"));
expectType<Promise<void>>()(dict.update({ a: 1 }));
// @ts-expect-error a text is no number
list.append("a");
// @ts-expect-error the function wants an argument
dict.update((all, key: string) => all.has(key));
// @ts-expect-error a value of another type
dict.set("a", "b");

class Counter {
  count = 0;
  add(n: number): number {
    return this.count += n;
  }
  async later(): Promise<string> {
    return "later";
  }
}
declare const counter: Proxied<Counter>;
expectType<Promise<number>>()(counter.add(1));
expectType<Promise<string>>()(counter.later());
// @ts-expect-error fields are not served
counter.count;

class MyManager extends SyncManager {
  declare Counter: (start?: number) => Promise<Proxied<Counter>>;
}
MyManager.register("Counter", Counter, { exposed: ["add"] });
expectType<Promise<Proxied<Counter>>>()(new MyManager({ address: ["localhost", 0], authkey: Uint8Array.of(1) }).Counter(1));
// @ts-expect-error no such codec
new MyManager({ codec: "xml" });
