/** The results of all tasks, added up. @module */
import { extname, relative } from "node:path";
import { addWords, type BatchCount, type FileCount, type Problem } from "./census.ts";

/** Totals of some files. */
export interface Totals {
  files: number;
  bytes: number;
  lines: number;
  words: number;
}

/** A whole census. Paths are relative to its folder. */
export interface Census {
  total: Totals;
  /** The most frequent words, most frequent first; equal ones by the alphabet. */
  topWords: [word: string, count: number][];
  /** By extension in lower case, "" for none; most bytes first. */
  extensions: ({ extension: string } & Totals)[];
  /** Every file, by path. */
  files: FileCount[];
  /** What was left out, by path. */
  problems: Problem[];
}

const topWordCount = 20;

/** Adds up results in whatever order they come. */
export class CensusSum {
  readonly #folder: string;
  readonly #words = new Map<string, number>();
  readonly #files: FileCount[] = [];
  readonly #problems: Problem[] = [];

  /** @param problems What the listing could not reach. */
  constructor(folder: string, problems: readonly Problem[]) {
    this.#folder = folder;
    this.#problems.push(...problems);
  }

  /** How many files have been dealt with. */
  get done(): number {
    return this.#files.length + this.#problems.length;
  }

  add(batch: BatchCount): void {
    addWords(this.#words, batch.words);
    for (const file of batch.files) this.#files.push(file);
    for (const problem of batch.problems) this.#problems.push(problem);
  }

  /** The census of all that was added: the same for every order of adding. */
  census(): Census {
    const files = byPath(this.#files, this.#folder);
    return {
      total: totalsOf(files),
      topWords: [...this.#words].sort(([a, m], [b, n]) => n - m || compare(a, b)).slice(0, topWordCount),
      extensions: extensionsOf(files),
      files,
      problems: byPath(this.#problems, this.#folder),
    };
  }
}

function byPath<T extends { path: string }>(items: readonly T[], folder: string): T[] {
  return items.map((item) => ({ ...item, path: relative(folder, item.path) })).sort((a, b) => compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function totalsOf(files: readonly FileCount[]): Totals {
  const totals: Totals = { files: 0, bytes: 0, lines: 0, words: 0 };
  for (const file of files) addFile(totals, file);
  return totals;
}

function addFile(totals: Totals, file: FileCount): void {
  totals.files++;
  totals.bytes += file.bytes;
  totals.lines += file.lines;
  totals.words += file.words;
}

function extensionsOf(files: readonly FileCount[]): ({ extension: string } & Totals)[] {
  const rows = new Map<string, { extension: string } & Totals>();
  for (const file of files) {
    const extension = extname(file.path).toLowerCase();
    let row = rows.get(extension);
    if (row === undefined) rows.set(extension, row = { extension, files: 0, bytes: 0, lines: 0, words: 0 });
    addFile(row, file);
  }
  return [...rows.values()].sort((a, b) => b.bytes - a.bytes || compare(a.extension, b.extension));
}
