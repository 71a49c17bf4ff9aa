/**
 * The TypeScript side puts texts into the queue of a Python program, waits until its model has worked on all of them, and reads the results.
 * The queue and the dict are Python's own; the key proves to each side who the other one is. The Python side is models.py.
 *
 * TypeScript 这一边把文本放进 Python 程序的队列，等它的模型全部处理完，再读取结果。
 * 队列和字典都是 Python 自己的对象，双方用同一个密钥互相证明身份。Python 那一边是 models.py。
 */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { BaseManager, type Proxied, type PythonProxy } from "@fenshen/multiprocessing/managers";

interface Jobs {
  put(text: string): void;
  join(): void;
}

class Models extends BaseManager {
  declare jobs: () => Promise<Proxied<Jobs, PythonProxy>>;
  declare results: () => Promise<Proxied<Map<string, number>, PythonProxy>>;
}
Models.register("jobs"); // served by the Python side
Models.register("results");

if (mp.isMain(import.meta)) {
  const authkey = new TextEncoder().encode(process.env.MODELS_KEY);
  const models = new Models({ address: ["127.0.0.1", Number(process.env.MODELS_PORT ?? 50_000)], authkey, codec: "pickle" });
  await models.connect();
  const [jobs, results] = [await models.jobs(), await models.results()];

  const texts = ["i love you", "bad weather and good tea", "i hate to wait"];
  await Promise.all(texts.map((text) => jobs.put(text)));
  await jobs.join();
  for (const text of texts) console.log(text, await results.get(text));
  await models[Symbol.asyncDispose]();
}
