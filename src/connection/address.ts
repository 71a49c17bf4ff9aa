/** Addresses of listeners, as Python writes them. @module */
import { ClosedError, ProcessError } from "../base/errors.ts";
import { utf8Of } from "../base/text.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address } from "../runtime/types.ts";

/**
 * Where a Listener listens: `[host, port]` (TCP), the path of a socket file, `"\0name"` (an abstract socket of Linux, which has no file), or
 * `"\\\\.\\pipe\\name"` (a Windows pipe). What it is decides the family.
 */
export type SocketAddress = string | readonly [host: string, port: number];

/** Python's names of the kinds of addresses. */
export type Family = "AF_INET" | "AF_UNIX" | "AF_PIPE";

const FAMILIES: readonly string[] = ["AF_INET", "AF_UNIX", "AF_PIPE"];
const LARGEST_PORT = 65535;

/** The family to use. @throws {RangeError} when it is unknown, does not fit the address, or this system has none of it. */
export function familyFor(address: SocketAddress | undefined, family: Family | null | undefined, verb: string): Family {
  const own = address === undefined ? null : familyOf(address, verb);
  if (family !== undefined && family !== null && !FAMILIES.includes(family)) {
    throw new RangeError(`Cannot ${verb}: family must be one of ${FAMILIES.join(" ")}, received ${String(family)}`);
  }
  const chosen = family ?? own ?? (isWindows() ? "AF_PIPE" : "AF_UNIX");
  if (own !== null && own !== chosen) {
    throw new RangeError(`Cannot ${verb}: the address must be one of family ${chosen}, received ${describe(address!)}`);
  }
  if (chosen === (isWindows() ? "AF_UNIX" : "AF_PIPE")) {
    throw new RangeError(
      `Cannot ${verb}: this system has no sockets of family ${chosen}, received ${address === undefined ? chosen : describe(address)}`,
    );
  }
  return chosen;
}

function familyOf(address: SocketAddress, verb: string): Family {
  if (typeof address === "string") {
    if (address.startsWith("\\\\")) return "AF_PIPE";
    if (address !== "") return "AF_UNIX";
  } else if (Array.isArray(address) && address.length === 2 && typeof address[0] === "string") {
    if (Number.isInteger(address[1]) && address[1] >= 0 && address[1] <= LARGEST_PORT) return "AF_INET";
    throw new RangeError(`Cannot ${verb}: the port must be an integer from 0 to ${LARGEST_PORT}, received ${String(address[1])}`);
  }
  throw new TypeError(`Cannot ${verb}: an address must be [host, port], a path or "\\0name", received ${describe(address)}`);
}

/** An address that nobody uses, of a family: a private path, or any port of this host. */
export function freshAddress(family: Family): SocketAddress {
  if (family === "AF_INET") return ["localhost", 0];
  return publicAddress(runtime.newLocalAddress());
}

/** An address as Python writes it. */
export function publicAddress(address: Address): SocketAddress {
  return "path" in address ? address.path : [address.host, address.port];
}

/** Where a Client connects to. */
export function toConnect(address: SocketAddress, verb: string): Address {
  return typeof address === "string" ? { path: checkedPath(address, verb) } : { host: address[0], port: address[1] };
}

/** Where a Listener listens. @throws {RangeError} for a host that is no address of this machine: its name may stand for several. */
export function toListen(address: SocketAddress, verb: string): Address {
  if (typeof address === "string") return { path: checkedPath(address, verb) };
  const [name, port] = address;
  const host = hostToListen(name);
  if (/^[\d.]+$/.test(host) || host.includes(":")) return { host, port };
  throw new RangeError(`Cannot ${verb}: the host must be an IP address, "localhost", or "" for all of this machine's, received ${name}`);
}

/** What a host means where something listens. As in Python: IPv4. */
export function hostToListen(name: string): string {
  return name === "" ? "0.0.0.0" : name === "localhost" ? "127.0.0.1" : name;
}

function checkedPath(path: string, verb: string): string {
  if (path.startsWith("\\\\")) return path;
  const size = utf8Of(path, `${verb}: the path of a socket`).length;
  if (size > runtime.longestSocketPath) {
    throw new RangeError(
      `Cannot ${verb}: the path of a socket must have at most ${runtime.longestSocketPath} bytes, received ${size}: ${path}`,
    );
  }
  const name = path.startsWith("\0") ? path.slice(1) : path;
  if (name.includes("\0")) throw new RangeError(`Cannot ${verb}: a path has no zero byte, received ${describe(path)}`);
  if (name !== path && !runtime.hasAbstractSockets) {
    throw new ProcessError(
      `Cannot ${verb}: abstract sockets need Linux, and Node 22 where the runtime is Node, received ${describe(path)}`,
    );
  }
  return path;
}

/** An address in a message. */
export function describe(address: unknown): string {
  return JSON.stringify(address, (_, part: unknown) => typeof part === "bigint" ? `${part}n` : part) ?? String(address);
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use, or a program that was killed has left its socket file there",
  EADDRNOTAVAIL: "it is no address of this machine",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the other side closed the connection",
  ENOENT: "there is no such file",
  ENOTDIR: "there is a file where its folder should be",
  EACCES: "it does not exist, or this user has no right to it",
  EPERM: "this user has no right to it",
  ENOTFOUND: "no such host is known",
  ENOTSOCK: "it is no socket",
};

/** What means something else where a socket is to be made. Node does not tell a missing folder from a forbidden one. */
const LISTENING_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  EACCES: "its folder does not exist, or this user may not write there",
};

/** Some systems reserve the low ports. */
const FORBIDDEN_PORT = "this user may not listen at that port: take one from 1024 on, or 0 for any that is free";

function reasonOf(action: string, address: SocketAddress, code: string): string {
  if (action !== "listen at") return REASONS[code] ?? code;
  if (code === "EACCES" && typeof address !== "string") return FORBIDDEN_PORT;
  return LISTENING_REASONS[code] ?? REASONS[code] ?? code;
}

/** A failure of the system, told in our words; it keeps the system's `code`. */
export function systemError(action: "listen at" | "connect to", address: SocketAddress, cause: unknown): unknown {
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return cause;
  return Object.assign(new ProcessError(`Cannot ${action} ${describe(address)}: ${reasonOf(action, address, code)}`, { cause }), { code });
}

/** The error of whatever is asked of a closed listener. */
export function listenerClosed(action: string): ClosedError {
  return new ClosedError(`Cannot ${action}: the listener is closed`);
}

function isWindows(): boolean {
  return runtime.platform === "win32";
}
