import os from 'node:os';
import { writeFile } from 'node:fs/promises';

/** One measured figure of one row, in the unit that its column says. */
export type Figures = Readonly<Record<string, number>>;

export interface Row {
  readonly name: string;
  /** Medians over the runs. */
  readonly figures: Figures;
  readonly runs: readonly Figures[];
}

export interface Target {
  readonly row: string;
  readonly figure: string;
  readonly relation: 'at least' | 'at most';
  readonly value: number;
  /** The value is a share of the same figure of this row. */
  readonly of?: string;
}

export interface Section {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Rows that ratios are given to. */
  readonly baselines: readonly string[];
  /** The figure that ratios are made of. */
  readonly figure: string;
  readonly targets: readonly Target[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function rowOf(name: string, runs: readonly Figures[]): Row {
  const figures: Record<string, number> = {};
  for (const figure of Object.keys(runs[0] ?? {})) figures[figure] = median(runs.map((run) => run[figure] ?? NaN));
  return { name, figures, runs };
}

export function printSection(section: Section): string {
  const columns = [...new Set(section.rows.flatMap((row) => Object.keys(row.figures)))];
  const baselines = section.baselines.flatMap((name) => section.rows.find((row) => row.name === name) ?? []);
  const head = [section.name, ...columns, ...baselines.map((row) => `÷ ${row.name}`)];
  const lines = section.rows.map((row) => [
    row.name,
    ...columns.map((column) => (column in row.figures ? show(row.figures[column] ?? NaN) : '')),
    ...baselines.map((baseline) => ratio(row, baseline, section.figure)),
  ]);
  const table = [head, head.map((_cell, index) => (index === 0 ? '---' : '---:')), ...lines];
  const widths = head.map((_cell, index) => Math.max(...table.map((line) => line[index]?.length ?? 0)));
  const printed = table.map(
    (line) => `| ${line.map((cell, index) => pad(cell, widths[index] ?? 0, index)).join(' | ')} |`,
  );
  return [...printed, ...section.targets.flatMap((target) => verdict(section, target))].join('\n');
}

export async function writeJson(file: string, sections: readonly Section[]): Promise<void> {
  const machine = {
    cores: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    cpu: os.cpus()[0]?.model ?? null,
    node: process.versions.node,
    platform: `${os.platform()} ${os.arch()}`,
  };
  await writeFile(file, `${JSON.stringify({ date: new Date().toISOString(), machine, sections }, null, 2)}\n`);
}

function ratio(row: Row, baseline: Row, figure: string): string {
  const [value, base] = [row.figures[figure], baseline.figures[figure]];
  return value === undefined || base === undefined ? '' : (value / base).toFixed(2);
}

function verdict(section: Section, target: Target): string[] {
  const find = (name: string): number | undefined =>
    section.rows.find((row) => row.name === name)?.figures[target.figure];
  const value = find(target.row);
  const base = target.of === undefined ? 1 : find(target.of);
  if (value === undefined || base === undefined) return [];
  const bound = target.value * base;
  const isMet = target.relation === 'at least' ? value >= bound : value <= bound;
  const share = target.of === undefined ? '' : ` (${target.value} × ${target.of})`;
  return [
    `${isMet ? 'met   ' : 'MISSED'}  ${target.row}: ${target.figure} ${show(value)}, wanted ${target.relation} ${show(bound)}${share}`,
  ];
}

function show(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  if (value !== 0 && Math.abs(value) < 0.1) return String(Number(value.toPrecision(2)));
  return Number.isInteger(value) ? String(value) : value.toFixed(value >= 100 ? 0 : 1);
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}
