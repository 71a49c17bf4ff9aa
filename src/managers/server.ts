/** `Server`: a manager in this very unit. @module */
import { ProcessError } from "../base/errors.ts";
import { publicAddress } from "../connection/address.ts";
import { runtime } from "../runtime/runtime.ts";
import { observed } from "../server/request.ts";
import type { ManagerAddress } from "./address.ts";
import { type RunningServer, runServer, type ServerPlan } from "./running_server.ts";
import type { MakePool } from "./server_control.ts";

/**
 * A manager's server in this unit, made by `manager.getServer()`: what its types make lives here, and may be what the program has already.
 *
 * Python: `multiprocessing/managers.py`, `Server`.
 *
 * @example
 * ```ts
 * import { BaseManager, type Proxied } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * class Settings {
 *   theme = "light";
 *   set(theme: string) {
 *     this.theme = theme;
 *   }
 * }
 * const settings = new Settings();
 * class MyManager extends BaseManager {
 *   declare settings: () => Promise<Proxied<Settings>>;
 * }
 * MyManager.register("settings", () => settings);
 *
 * const authkey = new TextEncoder().encode("not a good secret");
 * const server = new MyManager({ address: ["127.0.0.1", 0], authkey }).getServer();
 * const serving = server.serveForever();
 * await server.listening;
 *
 * const client = new MyManager({ address: server.address!, authkey });
 * await client.connect();
 * await (await client.settings()).set("dark");
 * assert.equal(settings.theme, "dark");
 * server.close();
 * await serving;
 * ```
 */
export class Server {
  readonly #plan: ServerPlan;
  readonly #makePool: MakePool;
  #running: RunningServer | null = null;
  #started = false;
  #closed = false;
  #wake: () => void = () => {};
  #listens!: () => void;
  #fails!: (error: unknown) => void;

  /** Settles when it can be reached; rejects when it cannot listen, and when it is closed before it serves. */
  readonly listening: Promise<void>;

  /** Made by `getServer()`. @param plan What to serve, and where. @param makePool Makes pools. */
  constructor(plan: ServerPlan, makePool: MakePool) {
    this.#plan = plan;
    this.#makePool = makePool;
    this.listening = new Promise<void>((resolve, reject) => {
      this.#listens = resolve;
      this.#fails = reject;
    });
    this.listening.catch(() => {}); // `serveForever()` tells it too.
  }

  /** Where it listens; before that where it is to, or `null`. */
  get address(): ManagerAddress | null {
    const address = this.#running?.address ?? this.#plan.address;
    return address === null ? null : publicAddress(address);
  }

  /**
   * Serves until {@linkcode Server.close}, and keeps the program alive meanwhile.
   *
   * @param options `signal`: ends it too; then it rejects with the signal's reason.
   * @throws {ProcessError} it served before. The system's error, when it cannot listen (`code` is `"EADDRINUSE"` when somebody else does).
   */
  serveForever(options?: { signal?: AbortSignal | null }): Promise<void> {
    return observed(this.#serve(options));
  }

  async #serve(options: { signal?: AbortSignal | null } | undefined): Promise<void> {
    const signal = options?.signal ?? null;
    signal?.throwIfAborted();
    if (this.#started || this.#closed) throw new ProcessError("Cannot serve: this server has served before; make a new one");
    this.#started = true;
    const release = runtime.keepAlive();
    const close = () => this.close();
    signal?.addEventListener("abort", close, { once: true });
    try {
      const closed = new Promise<void>((resolve) => (this.#wake = resolve));
      this.#running = await runServer(this.#plan, this.#makePool, close);
      this.#listens();
      if (!this.#closed) await closed;
      await this.#running.stop();
    } catch (error) {
      this.#fails(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", close);
      release();
    }
    signal?.throwIfAborted();
  }

  /** Ends serving, and every client's connection: their calls reject with `BrokenPipeError`. Idempotent. */
  close(): void {
    this.#closed = true;
    if (!this.#started) this.#fails(new ProcessError("Cannot listen: this server was closed before it served"));
    this.#wake();
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
