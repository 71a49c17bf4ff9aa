/**
 * What a pool and its workers say to each other: one frame, one message. The first byte tells which; numbers are little-endian.
 *
 * ```
 * FUNCTION  u8 kind | u32 function | its reference, encoded
 * TASK      u8 kind | u8 mode | u32 task | u32 function | entries: one for each item
 * CANCEL    u8 kind | u32 task | the reason, encoded
 * STOP      u8 kind
 * READY     u8 kind
 * BROKEN    u8 kind | the initializer's error, encoded
 * REPORT    u8 kind | u32 task | u32 item of the task | a value, encoded
 * RESULTS   u8 kind | u32 task | outcomes of the next items, in order: u8 status | entry
 * entry     u32 length | bytes
 * ```
 *
 * A worker has one task at a time. The results of a task may come in several frames; the pool counts them. A task that was cancelled gets its outcomes
 * too, so that the pool knows when the worker is free; those of items that were not begun are empty.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";

/** Pool to worker: a function that tasks will name by its number. */
export const FUNCTION = 1;
/** Pool to worker: run a function on one or more items. */
export const TASK = 2;
/** Pool to worker: end after the task in hand. */
export const STOP = 3;
/** Worker to pool: the initializer is done. */
export const READY = 4;
/** Worker to pool: the initializer failed. */
export const BROKEN = 5;
/** Worker to pool: outcomes of items. */
export const RESULTS = 6;
/** Pool to worker: nobody wants this task any more. */
export const CANCEL = 7;
/** Worker to pool: what a task says on its way. */
export const REPORT = 8;

/** Mode bit: an item is an array of arguments, not one argument. */
export const SPREAD = 1;
/** Mode bit: each outcome must have left the worker before the next item begins. */
export const STREAM = 2;
/** Mode bit: somebody listens to reports. */
export const REPORTS = 4;

/** Status of an outcome: a value. */
export const VALUE = 0;
/** Status of an outcome: something that was thrown. */
export const ERROR = 1;

const TASK_HEADER = 10;
const RESULTS_HEADER = 5;
const CANCEL_HEADER = 5;
const REPORT_HEADER = 9;
const ENTRY_HEADER = 4;

/** A task as the worker reads it. */
export interface TaskMessage {
  mode: number;
  task: number;
  fn: number;
  items: Uint8Array[];
}

/** A message without content: `STOP`, `READY`. */
export function bareFrame(kind: number): Uint8Array {
  return Uint8Array.of(kind);
}

/** A `FUNCTION` message. */
export function functionFrame(id: number, reference: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + 4 + reference.length);
  frame[0] = FUNCTION;
  writeU32(frame, 1, id);
  frame.set(reference, 5);
  return frame;
}

/** A `BROKEN` message. */
export function brokenFrame(error: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + error.length);
  frame[0] = BROKEN;
  frame.set(error, 1);
  return frame;
}

/** A `CANCEL` message. */
export function cancelFrame(task: number, reason: Uint8Array): Uint8Array {
  const frame = new Uint8Array(CANCEL_HEADER + reason.length);
  frame[0] = CANCEL;
  writeU32(frame, 1, task);
  frame.set(reason, CANCEL_HEADER);
  return frame;
}

/** A `REPORT` message. */
export function reportFrame(task: number, item: number, value: Uint8Array): Uint8Array {
  const frame = new Uint8Array(REPORT_HEADER + value.length);
  frame[0] = REPORT;
  writeU32(frame, 1, task);
  writeU32(frame, 5, item);
  frame.set(value, REPORT_HEADER);
  return frame;
}

/** A `TASK` message that does not know yet which worker gets it; see {@linkcode addressTask}. */
export function taskFrame(mode: number, items: readonly Uint8Array[]): Uint8Array {
  let length = TASK_HEADER;
  for (const item of items) length += ENTRY_HEADER + item.length;
  const frame = new Uint8Array(length);
  frame[0] = TASK;
  frame[1] = mode;
  let offset = TASK_HEADER;
  for (const item of items) offset = writeEntry(frame, offset, item);
  return frame;
}

/** Writes the task's number and its function's into a task frame, just before it is sent. */
export function addressTask(frame: Uint8Array, task: number, fn: number): void {
  writeU32(frame, 2, task);
  writeU32(frame, 6, fn);
}

/** A task frame without its first items. */
export function withoutFirst(frame: Uint8Array, count: number): Uint8Array {
  let offset = TASK_HEADER;
  for (let i = 0; i < count; i++) offset += ENTRY_HEADER + readU32(frame, offset);
  const rest = new Uint8Array(TASK_HEADER + frame.length - offset);
  rest.set(frame.subarray(0, TASK_HEADER));
  rest.set(frame.subarray(offset), TASK_HEADER);
  return rest;
}

/** A `RESULTS` message. */
export function resultsFrame(task: number, statuses: readonly number[], outcomes: readonly Uint8Array[]): Uint8Array {
  let length = RESULTS_HEADER;
  for (const outcome of outcomes) length += 1 + ENTRY_HEADER + outcome.length;
  const frame = new Uint8Array(length);
  frame[0] = RESULTS;
  writeU32(frame, 1, task);
  let offset = RESULTS_HEADER;
  for (let i = 0; i < outcomes.length; i++) {
    frame[offset] = statuses[i]!;
    offset = writeEntry(frame, offset + 1, outcomes[i]!);
  }
  return frame;
}

/** Reads a `FUNCTION` message. */
export function readFunction(frame: Uint8Array): { id: number; reference: Uint8Array } {
  if (frame.length < 5) throw malformed("a function without a number");
  return { id: readU32(frame, 1), reference: frame.subarray(5) };
}

/** Reads a `TASK` message. */
export function readTask(frame: Uint8Array): TaskMessage {
  if (frame.length < TASK_HEADER) throw malformed("a task without its header");
  const items: Uint8Array[] = [];
  for (let offset = TASK_HEADER; offset < frame.length;) {
    const item = readEntry(frame, offset);
    items.push(item);
    offset += ENTRY_HEADER + item.length;
  }
  return { mode: frame[1]!, task: readU32(frame, 2), fn: readU32(frame, 6), items };
}

/** The number of the task that a `RESULTS` message belongs to. */
export function taskOfResults(frame: Uint8Array): number {
  if (frame.length < RESULTS_HEADER) throw malformed("results without a task");
  return readU32(frame, 1);
}

/** Reads a `CANCEL` message. */
export function readCancel(frame: Uint8Array): { task: number; reason: Uint8Array } {
  if (frame.length < CANCEL_HEADER) throw malformed("a cancellation without a task");
  return { task: readU32(frame, 1), reason: frame.subarray(CANCEL_HEADER) };
}

/** Reads a `REPORT` message. */
export function readReport(frame: Uint8Array): { task: number; item: number; value: Uint8Array } {
  if (frame.length < REPORT_HEADER) throw malformed("a report without its header");
  return { task: readU32(frame, 1), item: readU32(frame, 5), value: frame.subarray(REPORT_HEADER) };
}

/** Gives each outcome in a `RESULTS` message to `take`. */
export function readResults(frame: Uint8Array, take: (status: number, outcome: Uint8Array) => void): void {
  for (let offset = RESULTS_HEADER; offset < frame.length;) {
    const status = frame[offset]!;
    if (status > ERROR) throw malformed(`an outcome of status ${status}`);
    const outcome = readEntry(frame, offset + 1);
    offset += 1 + ENTRY_HEADER + outcome.length;
    take(status, outcome);
  }
}

function writeEntry(frame: Uint8Array, offset: number, bytes: Uint8Array): number {
  writeU32(frame, offset, bytes.length);
  frame.set(bytes, offset + ENTRY_HEADER);
  return offset + ENTRY_HEADER + bytes.length;
}

function readEntry(frame: Uint8Array, offset: number): Uint8Array {
  const start = offset + ENTRY_HEADER;
  if (start > frame.length) throw malformed("an entry that is cut off");
  const end = start + readU32(frame, offset);
  if (end > frame.length) throw malformed("an entry that is cut off");
  return frame.subarray(start, end);
}

function writeU32(frame: Uint8Array, offset: number, value: number): void {
  frame[offset] = value;
  frame[offset + 1] = value >>> 8;
  frame[offset + 2] = value >>> 16;
  frame[offset + 3] = value >>> 24;
}

function readU32(frame: Uint8Array, offset: number): number {
  return (frame[offset]! | frame[offset + 1]! << 8 | frame[offset + 2]! << 16 | frame[offset + 3]! << 24) >>> 0;
}

/** The error for a message that breaks the protocol. */
export function malformed(what: string): SerializationError {
  return new SerializationError(`Cannot read a pool's message: it breaks the protocol, received ${what}`);
}
