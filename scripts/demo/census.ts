/** The work itself: what one task counts. Knows nothing of pools. @module */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** What was counted in one text file. */
export interface FileCount {
  path: string;
  bytes: number;
  /** A last line without a line feed counts. */
  lines: number;
  words: number;
  sha256: string;
}

/** A file that was left out. */
export interface Problem {
  path: string;
  kind: "unreadable" | "not text";
  reason: string;
}

/** Words and how often each was met, as one text and one array: they travel far faster than a Map. */
export interface WordCounts {
  /** The words, in lower case, one a line. */
  text: string;
  /** How often, word by word. */
  counts: Uint32Array;
}

/** The result of one task: small numbers for each file, the words of all its files together, so that little has to travel. */
export interface BatchCount {
  files: FileCount[];
  problems: Problem[];
  words: WordCounts;
}

/** A letter, then letters, marks, digits and underscores. */
const word = /\p{L}[\p{L}\p{M}\p{N}_]*/gu;
const lineFeed = 10;
const pieceSize = 256 * 1024;

/**
 * Counts some files. Never throws for a file: what cannot be counted is in `problems`.
 *
 * @param signal Gives up in the middle, with its reason.
 */
export async function countBatch(paths: string[], signal?: AbortSignal): Promise<BatchCount> {
  const files: FileCount[] = [];
  const problems: Problem[] = [];
  const words = new Map<string, number>();
  const piece = new Uint8Array(pieceSize);
  for (const path of paths) {
    const counted = await countFile(path, piece, signal);
    if ("reason" in counted) {
      problems.push(counted);
      continue;
    }
    files.push(counted.file);
    for (const [text, count] of counted.words) words.set(text, (words.get(text) ?? 0) + count);
  }
  return { files, problems, words: { text: [...words.keys()].join("\n"), counts: Uint32Array.from(words.values()) } };
}

/** Adds counts of words to others. */
export function addWords(sum: Map<string, number>, { text, counts }: WordCounts): void {
  if (counts.length === 0) return;
  let at = 0;
  for (const word of text.split("\n")) sum.set(word, (sum.get(word) ?? 0) + counts[at++]!);
}

/**
 * Counts one file, in pieces: a huge one is neither read whole nor does it block the event loop.
 *
 * @param piece The memory to read into.
 * @param signal Gives up between two pieces, with its reason.
 */
export async function countFile(
  path: string,
  piece: Uint8Array,
  signal?: AbortSignal,
): Promise<{ file: FileCount; words: Map<string, number> } | Problem> {
  let open: number | null = null;
  try {
    open = openSync(path, "r");
    const counter = new TextCounter();
    for (let size = readSync(open, piece); size > 0; size = readSync(open, piece)) {
      counter.add(piece.subarray(0, size));
      if (size === piece.length) await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    return counter.end(path);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error instanceof NotText) return { path, kind: "not text", reason: error.message };
    const { code, message } = error as NodeJS.ErrnoException;
    return { path, kind: "unreadable", reason: code ?? message };
  } finally {
    if (open !== null) closeSync(open);
  }
}

class NotText extends Error {}

/** Counts a text that comes in pieces. */
class TextCounter {
  readonly #hash = createHash("sha256");
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #words = new Map<string, number>();
  #bytes = 0;
  #lineFeeds = 0;
  #count = 0;
  #last = lineFeed;
  /** What follows the last line feed: a word may go on in the next piece. */
  #openLine = "";

  add(piece: Uint8Array): void {
    if (piece.includes(0)) throw new NotText("a NUL byte");
    this.#hash.update(piece);
    this.#bytes += piece.length;
    this.#last = piece[piece.length - 1] ?? this.#last;
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) this.#lineFeeds++;
    this.#addText(this.#decode(piece));
  }

  end(path: string): { file: FileCount; words: Map<string, number> } {
    this.#countWords(this.#openLine + this.#decode());
    const lines = this.#lineFeeds + (this.#last === lineFeed ? 0 : 1);
    const file = { path, bytes: this.#bytes, lines, words: this.#count, sha256: this.#hash.digest("hex") };
    return { file, words: this.#words };
  }

  #decode(piece?: Uint8Array): string {
    try {
      return this.#decoder.decode(piece, { stream: piece !== undefined });
    } catch (error) {
      throw new NotText("not UTF-8", { cause: error });
    }
  }

  #addText(text: string): void {
    const cut = text.lastIndexOf("\n") + 1;
    if (cut === 0) {
      this.#openLine += text;
    } else {
      this.#countWords(this.#openLine + text.slice(0, cut));
      this.#openLine = text.slice(cut);
    }
  }

  #countWords(text: string): void {
    for (const [found] of text.toLowerCase().matchAll(word)) {
      this.#count++;
      this.#words.set(found, (this.#words.get(found) ?? 0) + 1);
    }
  }
}
