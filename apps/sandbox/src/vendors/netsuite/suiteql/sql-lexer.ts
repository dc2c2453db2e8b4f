import { rejectUnsupported } from './sql.types';

export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'mark' | 'end';
  /** Words in upper case; strings and quoted names without their quotes. */
  readonly text: string;
}

const PATTERN =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_][A-Za-z0-9_$]*)|"([^"]+)"|'((?:[^']|'')*)'|(\d+(?:\.\d+)?|\.\d+)|(<=|>=|<>|!=|\|\||[=<>+\-*/(),.])/y;

/** @throws Rejection 400 */
export function tokenizeSql(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const found = PATTERN.exec(text);
    if (!found) return rejectUnsupported();
    const [, word, quoted, string, number, mark] = found;
    if (word !== undefined) tokens.push({ kind: 'word', text: word.toUpperCase() });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
  }
  return [...tokens, { kind: 'end', text: '' }];
}
