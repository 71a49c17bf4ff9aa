/** The census as text. @module */
import type { Census, Totals } from "./census_sum.ts";
import type { FileCount, Problem } from "./census.ts";

const listedFiles = 20;
const listedExtensions = 15;
const listedProblems = 10;

/** How long the same work took in the pool and on one process. Milliseconds. */
export interface Timing {
  pool: number;
  single: number;
}

/** The report for a person. */
export function reportText(census: Census): string {
  return [extensionTable(census), wordTable(census), fileTable(census.files), problemList(census.problems)]
    .filter((part) => part !== "").join("\n\n");
}

/** The closing lines: both times, and what the pool gained. */
export function timingText(timing: Timing, workers: string): string {
  const ratio = timing.single / timing.pool;
  const rows = [
    [workers, `${seconds(timing.pool)} s`, "from the first start to the last result"],
    ["one process", `${seconds(timing.single)} s`, "the same work without a pool"],
    ["speed-up", `${ratio.toFixed(2)} x`, ratio < 1 ? "too little work to pay for starting the pool" : ""],
  ];
  return table(rows, [false, true, false]);
}

/** Seconds with two digits. */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

/** A number as people read it. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** Makes a path safe for a terminal: file names may hold control characters. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function extensionTable({ extensions, total }: Census): string {
  const rows = extensions.slice(0, listedExtensions).map((row) => [row.extension || "(none)", ...cells(row)]);
  const rest = extensions.slice(listedExtensions);
  if (rest.length > 0) rows.push([`${rest.length} more`, ...cells(sum(rest))]);
  return table([["extension", "files", "bytes", "lines", "words"], ...rows, ["total", ...cells(total)]], [false, true, true, true, true]);
}

function cells(totals: Totals): string[] {
  return [totals.files, totals.bytes, totals.lines, totals.words].map(grouped);
}

function sum(rows: readonly Totals[]): Totals {
  const add = (key: keyof Totals) => rows.reduce((all, row) => all + row[key], 0);
  return { files: add("files"), bytes: add("bytes"), lines: add("lines"), words: add("words") };
}

function wordTable({ topWords }: Census): string {
  if (topWords.length === 0) return "";
  const rows = topWords.map(([text, count], index) => [`${index + 1}.`, printable(text), grouped(count)]);
  return `The ${topWords.length} most frequent words\n${table(rows, [true, false, true])}`;
}

function fileTable(files: readonly FileCount[]): string {
  if (files.length === 0) return "";
  const largest = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, listedFiles);
  const rows = largest.map((file) => [grouped(file.bytes), grouped(file.lines), grouped(file.words), file.sha256, printable(file.path)]);
  const title = files.length > listedFiles ? `The ${listedFiles} largest of ${grouped(files.length)} files (all: --json)` : "Files";
  return `${title}\n${table([["bytes", "lines", "words", "SHA-256", "file"], ...rows], [true, true, true, false, false])}`;
}

function problemList(problems: readonly Problem[]): string {
  const kinds = ["unreadable", "not text"] as const;
  const parts = kinds.map((kind) => ({ kind, found: problems.filter((problem) => problem.kind === kind) })).filter(({ found }) =>
    found.length > 0
  );
  return parts.map(({ kind, found }) => {
    const lines = found.slice(0, listedProblems).map((problem) => `  ${printable(problem.path)} (${problem.reason})`);
    const more = found.length - listedProblems;
    if (more > 0) lines.push(`  and ${grouped(more)} more (all: --json)`);
    return [`Left out, ${kind}: ${grouped(found.length)}`, ...lines].join("\n");
  }).join("\n\n");
}

/** Columns as wide as their widest cell. */
function table(rows: readonly string[][], alignRight: readonly boolean[]): string {
  const widths = alignRight.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => alignRight[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)).join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}
