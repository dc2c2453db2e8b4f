export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Numbers of the line before and after, counted from 1; null where it is not. */
  readonly before: number | null;
  readonly after: number | null;
}

/** The fewest lines taken out and put in that make one text of the other. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const lengths = commonLengths(old, fresh);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [was, is] = [old[i], fresh[j]];
    if (was !== undefined && was === is) lines.push({ kind: 'same', text: was, before: ++i, after: ++j });
    else if (was !== undefined && (is === undefined || at(lengths, i + 1, j) >= at(lengths, i, j + 1)))
      lines.push({ kind: 'removed', text: was, before: ++i, after: null });
    else lines.push({ kind: 'added', text: is ?? '', before: null, after: ++j });
  }
  return lines;
}

/** Of each pair of places: how many lines the rests have in common. An expression has 8 KiB at most, so a table will do. */
function commonLengths(old: readonly string[], fresh: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row !== undefined)
        row[j] = old[i] === fresh[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  return table;
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
