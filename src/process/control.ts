/**
 * What a parent and its child say to each other on the control channel, and the lane beside it that carries a service's frames.
 *
 * @module
 */
import { type Channel, type ChannelEnd } from "../connection/channel.ts";
import { decode, encode } from "../wire/wire.ts";
import { ProcessError } from "../base/errors.ts";
import type { LogSettings } from "../base/logger.ts";
import type { StartMethodName, UnitKind } from "./identity.ts";

/** The first message to a child: who it is and what it runs. */
export interface BootMessage {
  type: "boot";
  name: string;
  path: number[];
  kind: UnitKind;
  daemon: boolean;
  method: StartMethodName;
  parent: { name: string; pid: number; ident: number };
  authkey: Uint8Array;
  /** How its creator logs. */
  log: LogSettings;
  /** What runs: a service of this library, or (`null`) the target in the payload. */
  service: string | null;
  /** For a target its {@linkcode Program}, for a service its data; encoded by the parent in the call to `start()`. */
  payload: Uint8Array;
}

/** The child's last message: the exit code it is about to end with. */
export interface ExitMessage {
  type: "exit";
  code: number;
}

/** To a child that waits for its first message: modules to import meanwhile. */
export interface PreloadMessage {
  type: "preload";
  modules: string[];
  /** Whether the target will be TypeScript. */
  typescript: boolean;
}

/** To such a child: is it still there? */
export interface AskMessage {
  type: "ask";
}

/** The answer of such a child. */
export interface HereMessage {
  type: "here";
}

/** Everything that is said on the control lane. */
export type ControlMessage = BootMessage | PreloadMessage | AskMessage | HereMessage | ExitMessage;

const CONTROL = 0;
const SERVICE = 1;

/** Splits a channel in two: control messages, and the frames of a service. */
export class Lanes {
  readonly #channel: Channel;
  #onControl: ((message: ControlMessage) => void) | null = null;
  readonly #early: ControlMessage[] = [];
  /** The service's lane: a channel of its own to whoever uses it. */
  readonly service: Channel;

  /** Takes over the channel's frames. */
  constructor(channel: Channel) {
    this.#channel = channel;
    let onService: ((frame: Uint8Array) => void) | null = null;
    const earlyFrames: Uint8Array[] = [];
    this.service = {
      send: (frame) => this.#send(SERVICE, frame),
      push: () => channel.push(),
      get bufferedAmount() {
        return channel.bufferedAmount;
      },
      get isClosed() {
        return channel.isClosed;
      },
      closed: channel.closed,
      drained: () => channel.drained(),
      flushed: () => channel.flushed(),
      pause: () => channel.pause(),
      resume: () => channel.resume(),
      close: () => channel.close(),
      destroy: () => channel.destroy(),
      ref: () => channel.ref(),
      unref: () => channel.unref(),
      onFrame: (handler) => {
        onService = handler;
        for (const frame of earlyFrames.splice(0)) handler(frame);
      },
    };
    channel.onFrame((frame) => {
      const body = frame.subarray(1);
      if (frame[0] === SERVICE) onService ? onService(body) : earlyFrames.push(body);
      else if (frame[0] === CONTROL) this.#receive(decode(body) as ControlMessage);
      else channel.destroy();
    });
  }

  /** Sends a control message. */
  send(message: ControlMessage): void {
    const bytes = encode(message);
    if (!(bytes instanceof Uint8Array)) throw new ProcessError("Cannot send a control message: it holds a reference");
    this.#send(CONTROL, bytes);
  }

  /** Sets the receiver of control messages; those that came before are kept for it. */
  onMessage(handler: (message: ControlMessage) => void): void {
    this.#onControl = handler;
    for (const message of this.#early.splice(0)) handler(message);
  }

  /** Settles when the other side is gone. */
  get closed(): Promise<ChannelEnd> {
    return this.#channel.closed;
  }

  /** The channel below. */
  get channel(): Channel {
    return this.#channel;
  }

  #send(lane: number, body: Uint8Array): void {
    const frame = new Uint8Array(body.length + 1);
    frame[0] = lane;
    frame.set(body, 1);
    this.#channel.send(frame);
  }

  #receive(message: ControlMessage): void {
    if (this.#onControl) this.#onControl(message);
    else this.#early.push(message);
  }
}
