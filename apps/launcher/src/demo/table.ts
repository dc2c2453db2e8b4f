const WIDE = /\p{Extended_Pictographic}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a terminal needs for a text: a person counts what they see, not code units. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

/** Aligned plain text; a cell may have several lines. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((_column, index) => (row[index] ?? '').split('\n')));
  const widths = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...cells.flatMap((row) => (row[index] ?? []).map(displayWidth))),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => {
        const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
        return columns[index]?.align === 'right' ? fill + text : text + fill;
      })
      .join('  ')
      .trimEnd();
  const body = cells.flatMap((row) => {
    const height = Math.max(...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_unused, at) => line(row.map((lines) => lines[at] ?? '')));
  });
  return [line(columns.map(({ title }) => title)), line(widths.map((width) => '─'.repeat(width))), ...body].join('\n');
}
