export const DELIMITERS: Readonly<Record<string, string>> = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
};

/** @returns the rows, or `undefined` when a quote is left open or stands in the middle of a bare cell */
export function parseCsv(text: string, delimiter: string): string[][] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at) : bareCell(text, at, delimiter);
    if (!cell) return undefined;
    row.push(cell.value);
    at = cell.end;
    if (text[at] === delimiter) {
      at++;
      if (at >= text.length) row.push('');
      else continue;
    } else if (text.startsWith('\r\n', at)) at += 2;
    else if (text[at] === '\n') at++;
    else if (at < text.length) return undefined;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

function quotedCell(text: string, start: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return undefined;
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

function bareCell(text: string, start: number, delimiter: string): { value: string; end: number } | undefined {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
  if (text[end] === '\n' && text[end - 1] === '\r' && end > start) end--;
  const value = text.slice(start, end);
  return value.includes('"') ? undefined : { value, end };
}

export function printCsv(rows: readonly (readonly string[])[], delimiter: string, lineEnding: string): string {
  const cell = (value: string): string =>
    value.includes('"') || value.includes(delimiter) || /[\r\n]/.test(value)
      ? `"${value.replaceAll('"', '""')}"`
      : `"${value}"`;
  return rows.map((row) => row.map(cell).join(delimiter) + lineEnding).join('');
}
