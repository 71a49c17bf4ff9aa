/** The way from a connected socket to one end of a Connection: both sides prove their key, then messages may come. @module */
import { AuthenticationError, EOFError } from "../base/errors.ts";
import type { ByteSocket } from "../runtime/types.ts";
import { greetClient, greetListener, LONGEST_REPLY } from "./authentication.ts";
import { farewell } from "./farewell.ts";
import { openingChannel } from "./socket_channel.ts";
import { SocketEnd } from "./socket_end.ts";

/** How a connection is opened. */
export interface OpeningOptions {
  /** `"listener"` challenges first. */
  side: "listener" | "client";
  /** `null`: nobody proves anything, and messages may come at once. */
  key: Uint8Array | null;
  /** The longest message that is accepted afterwards, in bytes. */
  maxMessageLength: number;
}

/** A connection that is being opened. */
export interface Opening {
  /** The end; rejects when the other side does not prove its key, speaks something else, or goes. The socket is taken care of. */
  readonly end: Promise<SocketEnd>;
  /** Gives up: `end` rejects with this error, unless it has settled. */
  abandon(error: unknown): void;
  /** Settles when nothing is left of a failed opening, or with a successful one. */
  readonly over: Promise<void>;
}

/** Opens a connection on a socket. */
export function openEnd(socket: ByteSocket, { side, key, maxMessageLength }: OpeningOptions): Opening {
  const { channel, setMaxFrame } = openingChannel(socket, key === null ? maxMessageLength : LONGEST_REPLY);
  channel.unref();
  let open = false;
  let abandon = (_error: unknown): void => {};
  const end = new Promise<SocketEnd>((resolve, reject) => {
    const finish = () => {
      // In the turn of the last frame: messages may follow it in the same packet.
      setMaxFrame(maxMessageLength);
      open = true;
      resolve(new SocketEnd(channel, socket.isSameHost));
    };
    if (key === null) return finish();
    abandon = (error) => {
      if (open) return;
      reject(error);
      channel.destroy();
    };
    const handshake = (side === "listener" ? greetClient : greetListener)(key, (frame) => channel.send(frame));
    const advance = (step: () => IteratorResult<void, void>) => {
      try {
        if (step().done) finish();
        else channel.onFirstFrame((frame) => advance(() => handshake.next(frame)));
      } catch (error) {
        reject(error);
        void farewell(channel);
      }
    };
    advance(() => handshake.next(NOTHING));
    channel.closed.then(({ error }) => reject(cutOff(error)));
  });
  const over = end.then(() => {}, () => channel.closed.then(() => {}));
  return { end, abandon, over };
}

/** A generator ignores what its first `next()` brings. */
const NOTHING = new Uint8Array(0);

function cutOff(cause: Error | null): Error {
  return cause === null
    ? new EOFError("Cannot authenticate: the other side closed the connection in the middle; has it a key?")
    : new AuthenticationError("Cannot authenticate: the other side speaks another protocol", { cause });
}
