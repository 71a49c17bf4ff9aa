/** An object of a registered type, as a manager's server hosts it. @module */
import { RemoteError, SerializationError } from "../base/errors.ts";
import { decodeValue, encodeValue } from "../reference/value.ts";
import { runAsTarget } from "../reference/importing.ts";
import type { Call, ServedObject } from "../server/served.ts";
import { bytesOf, checkStored } from "./stored.ts";

/** The type of such objects in the server. */
export const INSTANCE = "Instance";

/** How an object is served. */
export interface InstancePlan {
  readonly typeid: string;
  readonly exposed: readonly string[];
  /** Makes a proxy of what a method returned, encoded; `null`: it is copied. */
  readonly wrap: (method: string) => ((result: unknown) => Promise<Uint8Array>) | null;
  /** What to do when nobody refers to it any more. */
  readonly onDispose?: () => void;
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Calls the methods of an object for clients. A method that returns a promise is waited for; meanwhile others may be called. */
export class InstanceObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["call", "getValue"];
  readonly #object: object;
  readonly #plan: InstancePlan;

  /** @param object What is served. @param plan How. */
  constructor(object: object, plan: InstancePlan) {
    this.#object = object;
    this.#plan = plan;
  }

  /** Calls a method. @throws {RemoteError} it is not exposed. What it throws. */
  async call(_call: Call, name: unknown, stored: unknown): Promise<Uint8Array> {
    if (!this.#plan.exposed.includes(name as string)) {
      throw new RemoteError(
        `Cannot call ${String(name)}(): the type ${this.#plan.typeid} exposes ${this.#plan.exposed.join(", ") || "nothing"}`,
      );
    }
    const args = await decodeValue(bytesOf(checkStored(stored))) as unknown[];
    const result = await runAsTarget(() => (this.#object as Methods)[name as string]!(...args));
    const wrap = this.#plan.wrap(name as string);
    return wrap === null ? await encodeResult(result, `${name}()`) : await wrap(result);
  }

  /** A copy of the object. */
  getValue(_call: Call): Promise<Uint8Array> {
    return encodeResult(this.#object, this.#plan.typeid);
  }

  /** Lets the object go. */
  dispose(): void {
    this.#plan.onDispose?.();
  }

  /** It holds nothing for anybody. */
  clientGone(): void {}

  /** For people. */
  describe(): string {
    return `<${this.#object.constructor?.name ?? "object"}>`;
  }
}

/** A result that cannot travel is the method's failure: its caller is told where it comes from. */
async function encodeResult(result: unknown, where: string): Promise<Uint8Array> {
  try {
    return await encodeValue(result, where);
  } catch (cause) {
    throw new SerializationError(`Cannot return what ${where} gave: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
