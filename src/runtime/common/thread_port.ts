/** A `MessagePort` behind the contract's `ThreadPort`. @module */
import { type MessagePort, receiveMessageOnPort, type Transferable } from "node:worker_threads";
import type { ThreadPort } from "../types.ts";

/** A {@linkcode ThreadPort} whose end the owner of the thread can also tell. */
export interface OwnedThreadPort extends ThreadPort {
  /** Hands over the last messages, then reports the end: the thread on the other side is gone. */
  peerGone(): Promise<void>;
}

/**
 * Wraps a port. It is started by `onMessage`, and keeps the program alive from then on.
 *
 * @param intercept Takes the messages that are not for the receiver, and says of each whether it did.
 */
export function threadPort(port: MessagePort, intercept: (message: unknown) => boolean = () => false): OwnedThreadPort {
  let receive: ((message: unknown) => void) | undefined;
  const closeHandlers: (() => void)[] = [];
  let ended = false;
  let referenced = true;

  const hand = (message: unknown) => {
    if (!intercept(message)) receive!(message);
  };
  const end = () => {
    if (ended) return;
    ended = true;
    for (const handler of closeHandlers) handler();
  };
  port.on("close", end);

  return {
    post(message, transfer) {
      if (ended) return;
      port.postMessage(message, transfer as readonly Transferable[] | undefined);
    },
    onMessage(handler) {
      const first = receive === undefined;
      receive = handler;
      if (!first) return;
      port.on("message", hand);
      // A listener makes a port keep the program alive; an earlier `unref()` must hold.
      if (!referenced) port.unref();
    },
    onClose(handler) {
      if (ended) queueMicrotask(handler);
      else closeHandlers.push(handler);
    },
    close() {
      if (!ended) port.close();
    },
    async peerGone() {
      // A message may have left the port already, and be on its way to the listener (Deno): it gets there before another turn begins.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      for (let next; !ended && receive !== undefined && (next = receiveMessageOnPort(port)) !== undefined;) hand(next.message);
      end();
      port.close();
    },
    ref() {
      referenced = true;
      if (receive !== undefined) port.ref();
    },
    unref() {
      referenced = false;
      port.unref();
    },
  };
}
