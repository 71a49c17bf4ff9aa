/** Signals by name and number, and what a unit does about them. @module */
import process from "node:process";
import { node } from "./builtins.ts";

/** The system's signals: name and number. */
function signals(): [string, number][] {
  return Object.entries(node.os.constants.signals);
}

/** The name of a signal, or `null` when this system has none of that number. */
export function signalName(signal: number): string | null {
  // The first name of a number is the usual one: SIGABRT before SIGIOT, SIGIO before SIGPOLL.
  return signals().find(([, number]) => number === signal)?.[0] ?? null;
}

/** The number of a signal; 0 when this system does not know it. */
export function signalNumber(name: string): number {
  return signals().find(([known]) => known === name)?.[1] ?? 0;
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
