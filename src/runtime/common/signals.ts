/** Signals by name and number, and what a unit does about them. @module */
import os from "node:os";
import process from "node:process";

const numbers: ReadonlyMap<string, number> = new Map(Object.entries(os.constants.signals));
const names = new Map<number, string>();
// The first name of a number is the usual one: SIGABRT before SIGIOT, SIGIO before SIGPOLL.
for (const [name, number] of numbers) if (!names.has(number)) names.set(number, name);

/** The name of a signal, or `null` when this system has none of that number. */
export function signalName(signal: number): string | null {
  return names.get(signal) ?? null;
}

/** The number of a signal; 0 when this system does not know it. */
export function signalNumber(name: string): number {
  return numbers.get(name) ?? 0;
}

/** The name of a signal, for calls that must have one. @throws {RangeError} for a number that is no signal. */
export function requireSignalName(signal: number): NodeJS.Signals {
  const name = signalName(signal);
  if (name === null) throw new RangeError(`Cannot use a signal: its number must be one of this system's signals, received ${signal}`);
  return name as NodeJS.Signals;
}

/** Handles a signal instead of the default action; returns what undoes it. */
export function onSignal(signal: number, handler: () => void): () => void {
  const name = requireSignalName(signal);
  // An own function each time, so that undoing one of two equal handlers leaves the other.
  const listener = () => handler();
  process.on(name, listener);
  return () => void process.off(name, listener);
}
