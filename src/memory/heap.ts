/**
 * Small blocks of shared memory for the library's own objects: a unit puts them side by side into segments that double in size, as CPython's heap does.
 * They live as long as the unit that made them, and so do their names; whoever has one mapped keeps its memory. A block for the threads of this process only is
 * a `SharedArrayBuffer` on every runtime, which lives as long as somebody has it, and takes no permission and no package.
 *
 * @module
 */
import { BrokenPipeError, SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { checkedName, Segment } from "./segment.ts";

/** Who can reach a block: the units of this program, or the threads of this process. */
export type Reach = "program" | "threads";

/** Where a block is, for other units. */
export type BlockAddress = { readonly segment: string; readonly offset: number } | { readonly shared: SharedArrayBuffer };

/** A block: the bytes of a buffer from an offset on. */
export interface Block {
  readonly address: BlockAddress;
  readonly buffer: ArrayBufferLike;
  readonly offset: number;
}

const PREFIX = "mp_";
const ALIGNMENT = 16;
const FIRST_SEGMENT = 4096;
const LARGEST_SEGMENT = 2 ** 22;

/** Segments of this unit, to be unlinked at its end. */
const own: Segment[] = [];
/** The one that is being filled. */
let filling: { segment: Segment; used: number } | null = null;
/** What is mapped here: several blocks share a segment. */
const mapped = new Map<string, WeakRef<Segment>>();
let refusal: Error | null | undefined;
let isListening = false;

/** Why this unit cannot map memory, and what that takes; `null` when it can. */
export function mappingRefusal(): Error | null {
  if (refusal !== undefined) return refusal;
  try {
    runtime.namedMemory();
    return refusal = null;
  } catch (error) {
    return refusal = error as Error;
  }
}

/** Whether this unit can map memory: without it, objects that processes share live in the object server. */
export function canMapMemory(): boolean {
  return mappingRefusal() === null;
}

/** Who can reach the block of an address. */
export function reachOf(address: BlockAddress): Reach {
  return "shared" in address ? "threads" : "program";
}

/** A new block, all zero. @throws {Error} `ENOSPC`. @throws {RangeError} no memory for threads is left. */
export function allocate(bytes: number, reach: Reach): Block {
  if (reach === "threads") return sharedBlock(new SharedArrayBuffer(bytes));
  const size = Math.ceil(Math.max(bytes, 1) / ALIGNMENT) * ALIGNMENT;
  // What is large gets a segment of its own.
  if (size > LARGEST_SEGMENT / 2) {
    const segment = newSegment(size);
    isAlone.add(segment);
    return blockOf(segment, 0);
  }
  if (filling === null || filling.used + size > filling.segment.size) {
    const doubled = Math.min(LARGEST_SEGMENT, (filling?.segment.size ?? FIRST_SEGMENT / 2) * 2);
    filling = { segment: newSegment(Math.max(doubled, size)), used: 0 };
  }
  const offset = filling.used;
  filling.used += size;
  return blockOf(filling.segment, offset);
}

/**
 * Unlinks a block that has a segment of its own when its owner, which is known to this unit only, has been collected; views of it stay as they are.
 *
 * @returns what is to be called before other units learn of it
 */
export function unlinkWith(owner: object, { address }: Block): () => void {
  if ("shared" in address) return () => {};
  const segment = own.find(({ name }) => name === address.segment);
  if (segment === undefined || !isAlone.has(segment)) return () => {};
  forgotten.register(owner, segment, owner);
  return () => void forgotten.unregister(owner);
}

/** Segments with one block. */
const isAlone = new WeakSet<Segment>();
const forgotten = new FinalizationRegistry<Segment>((segment) => {
  own.splice(own.indexOf(segment), 1);
  unlinkQuietly(segment);
});

/** A block of another unit, or of this one. @throws {BrokenPipeError} its maker has ended. @throws {ProcessError} when this unit cannot map memory. */
export function attachBlock(address: BlockAddress, bytes: number): Block {
  if ("shared" in address) {
    if (bytes <= address.shared.byteLength) return sharedBlock(address.shared);
    throw outside(0, bytes);
  }
  const { segment: name, offset } = address;
  const segment = mapped.get(name)?.deref() ?? attachSegment(name);
  if (offset + bytes <= segment.size) return blockOf(segment, offset);
  throw outside(offset, bytes);
}

function outside(offset: number, bytes: number): SerializationError {
  return new SerializationError(
    `Cannot attach a block of shared memory: it must be inside its segment, received ${offset} + ${bytes} bytes`,
  );
}

/** An address as it arrived. @throws {SerializationError} it is none. */
export function checkedAddress(address: unknown): BlockAddress {
  const { segment, offset, shared } = (address ?? {}) as { segment?: unknown; offset?: number; shared?: unknown };
  if (shared instanceof SharedArrayBuffer) return { shared };
  if (typeof segment === "string" && Number.isSafeInteger(offset) && offset! >= 0 && offset! % ALIGNMENT === 0) {
    return { segment: checkedName(segment, "attach"), offset: offset! };
  }
  throw new SerializationError("Cannot attach a block of shared memory: its address is none");
}

function blockOf(segment: Segment, offset: number): Block {
  // The segment is kept for as long as its buffer: nobody else may map it a second time.
  segments.set(segment.buffer, segment);
  return { address: { segment: segment.name, offset }, buffer: segment.buffer, offset };
}

function sharedBlock(shared: SharedArrayBuffer): Block {
  return { address: { shared }, buffer: shared, offset: 0 };
}

const segments = new WeakMap<ArrayBuffer, Segment>();

function newSegment(size: number): Segment {
  const segment = Segment.createNameless(PREFIX, size);
  segment.own(false);
  if (!isListening) runtime.onExit(() => own.forEach(unlinkQuietly));
  isListening = true;
  own.push(segment);
  mapped.set(segment.name, new WeakRef(segment));
  return segment;
}

function attachSegment(name: string): Segment {
  try {
    const segment = Segment.attach(name);
    mapped.set(name, new WeakRef(segment));
    return segment;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new BrokenPipeError("Cannot attach a block of shared memory: the unit that made it has ended", { cause: error });
  }
}

function unlinkQuietly(segment: Segment): void {
  try {
    segment.unlink();
  } catch (error) {
    // Somebody cleaned up by hand.
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
  }
}
