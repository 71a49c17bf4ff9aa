/** The table at the end of a test run. */
import type { Counts } from "./run_file.ts";

/** One line of the table. */
export interface Row extends Counts {
  name: string;
  seconds: number;
}

const headings = ["runtime", "passed", "failed", "skipped", "seconds"];

/** The rows as a table with aligned columns. */
export function table(rows: Row[]): string {
  const cells = [
    headings,
    ...rows.map((row) => [row.name, `${row.passed}`, `${row.failed}`, `${row.skipped}`, row.seconds.toFixed(1)]),
  ];
  const widths = headings.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const align = (cell: string, column: number) => column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return cells.map((line) => line.map(align).join("  ")).join("\n");
}

/** The last line of a test run. */
export function closingLine(rows: Counts[]): string {
  const sum = (key: keyof Counts) => rows.reduce((total, row) => total + row[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
