import { spread } from './statistics.js';

/** A line of the table. A measure that nothing bare can be put beside has no ratio. */
export interface Row {
  measure: string;
  ours: string;
  bare?: string;
  ratio?: string;
  target?: string;
}

const WIDTHS = { measure: 46, ours: 26, bare: 12, ratio: 20, target: 8 } as const;

/** Prints a row at once: a measurement takes its time, and may be interrupted. */
export function print(row: Row): void {
  const columns = Object.entries(WIDTHS) as [keyof Row, number][];
  const cells = columns.map(([column, width]) => (row[column] ?? '').padEnd(width));
  console.log(cells.join('  ').trimEnd());
}

export function printHeader(): void {
  print({ measure: 'measure', ours: 'ours', bare: 'bare', ratio: 'ratio (min–max)', target: 'target' });
}

export function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

/** The ratio of each round's pair. */
export function ratios(ours: readonly number[], bare: readonly number[]): string {
  return spread(ours.map((value, round) => value / (bare[round] ?? NaN)));
}
