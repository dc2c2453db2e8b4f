/**
 * Looks at JSON text without building it. The text must already have been parsed once, so syntax is not checked again.
 * Needed because an event keeps its payload byte for byte, and `JSON.parse` forgets how numbers were written.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

export interface JsonBounds {
  readonly maxDepth: number;
  readonly maxMembers: number;
}

/** `null` when the text keeps the bounds, else which one it breaks. Safe on text that is not JSON. */
export function brokenBound(text: string, bounds: JsonBounds): 'too_deep' | 'too_many_members' | null {
  let depth = 0;
  let members = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > bounds.maxDepth) return 'too_deep';
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    else if (code === COLON && ++members > bounds.maxMembers) return 'too_many_members';
  }
  return null;
}

/** The text of one member of the object that starts at `start`; the last one, as `JSON.parse` takes it. */
export function memberText(text: string, name: string, start = 0): string | null {
  let found: string | null = null;
  let index = skipSpace(text, start) + 1;
  for (;;) {
    index = skipSpace(text, index);
    if (text.charCodeAt(index) !== QUOTE) return found;
    const keyEnd = endOfString(text, index);
    const key = JSON.parse(text.slice(index, keyEnd + 1)) as string;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd + 1) + 1);
    const valueEnd = endOfValue(text, valueStart);
    if (key === name) found = text.slice(valueStart, valueEnd);
    index = skipSpace(text, valueEnd);
    if (text.charCodeAt(index) !== COMMA) return found;
    index++;
  }
}

/** The texts of the elements of the array in `text`. */
export function elementTexts(text: string): string[] {
  const elements: string[] = [];
  let index = skipSpace(text, 0) + 1;
  for (;;) {
    index = skipSpace(text, index);
    if (text.charCodeAt(index) === CLOSE_BRACKET || index >= text.length) return elements;
    const end = endOfValue(text, index);
    elements.push(text.slice(index, end));
    index = skipSpace(text, end);
    if (text.charCodeAt(index) !== COMMA) return elements;
    index++;
  }
}

/** Index of the closing quote of the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index++;
    else if (code === QUOTE) return index;
  }
  return text.length;
}

/** Index after the value that starts at `start`. */
function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start) + 1;
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    let index = start;
    while (index < text.length && !isDelimiter(text.charCodeAt(index))) index++;
    return index;
  }
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return index + 1;
  }
  return text.length;
}

function isDelimiter(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function skipSpace(text: string, start: number): number {
  let index = start;
  while (isSpace(text.charCodeAt(index))) index++;
  return index;
}
