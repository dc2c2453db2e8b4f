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
  /** Members and elements, wherever they are: lists without a single member cost as much to build. */
  readonly maxEntries: number;
  /** Of those, the ones on the two outermost levels. */
  readonly maxOuterEntries: number;
}

/** `null` when the text keeps the bounds, else which one it breaks. Safe on text that is not JSON. */
export function brokenBound(text: string, bounds: JsonBounds): 'too_deep' | 'too_many_members' | null {
  let depth = 0;
  let members = 0;
  // Whatever has something in it has one entry more than commas.
  let entries = 0;
  let outer = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > bounds.maxDepth) return 'too_deep';
      if (++entries > bounds.maxEntries) return 'too_many_members';
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    else if (code === COLON) {
      if (++members > bounds.maxMembers) return 'too_many_members';
    } else if (code === COMMA) {
      if (++entries > bounds.maxEntries) return 'too_many_members';
      if (depth <= 2 && ++outer > bounds.maxOuterEntries) return 'too_many_members';
    }
  }
  return null;
}

/** The text of one member of the object in `text`; the last one, as `JSON.parse` takes it. */
export function memberText(text: string, name: string): string | null {
  let found: string | null = null;
  walkMembers(text, skipSpace(text, 0), (open, close, value) => {
    const end = endOfValue(text, value);
    if (isName(text, open, close, name)) found = text.slice(value, end);
    return end;
  });
  return found;
}

/** One element of a list, by where it stands in the text. */
export interface ListElement {
  readonly start: number;
  readonly end: number;
  /** Text of the member that was asked for; `null` where there is none, or the element is no object. */
  readonly memberText: string | null;
}

/**
 * The elements of the list that is member `list` of the object in `text`, with the text of one member of each: in a single
 * walk through what may be 16 MiB. The last one counts where a name is repeated, as `JSON.parse` takes it.
 */
export function listElements(text: string, list: string, member: string): ListElement[] {
  let elements: ListElement[] = [];
  walkMembers(text, skipSpace(text, 0), (open, close, value) => {
    if (!isName(text, open, close, list)) return endOfValue(text, value);
    elements = [];
    return text.charCodeAt(value) === OPEN_BRACKET
      ? walkElements(text, value, (start) => {
          const element = elementAt(text, start, member);
          elements.push(element);
          return element.end;
        })
      : endOfValue(text, value);
  });
  return elements;
}

function elementAt(text: string, start: number, member: string): ListElement {
  if (text.charCodeAt(start) !== OPEN_BRACE) return { start, end: endOfValue(text, start), memberText: null };
  let found: string | null = null;
  const end = walkMembers(text, start, (open, close, value) => {
    const valueEnd = endOfValue(text, value);
    if (isName(text, open, close, member)) found = text.slice(value, valueEnd);
    return valueEnd;
  });
  return { start, end, memberText: found };
}

/**
 * @param visit is given the quotes of the name and the start of the value, and says where the value ends
 * @returns the index after the object that starts at `start`
 */
function walkMembers(
  text: string,
  start: number,
  visit: (open: number, close: number, value: number) => number,
): number {
  let index = skipSpace(text, start + 1);
  while (text.charCodeAt(index) === QUOTE) {
    const close = endOfString(text, index);
    const value = skipSpace(text, skipSpace(text, close + 1) + 1);
    index = skipSpace(text, visit(index, close, value));
    if (text.charCodeAt(index) !== COMMA) break;
    index = skipSpace(text, index + 1);
  }
  return index + 1;
}

/** @returns the index after the list that starts at `start` */
function walkElements(text: string, start: number, visit: (start: number) => number): number {
  let index = skipSpace(text, start + 1);
  while (index < text.length && text.charCodeAt(index) !== CLOSE_BRACKET) {
    index = skipSpace(text, visit(index));
    if (text.charCodeAt(index) !== COMMA) break;
    index = skipSpace(text, index + 1);
  }
  return index + 1;
}

/** Whether the name between two quotes is this one. Written with escapes, a name is longer than it is. */
function isName(text: string, open: number, close: number, name: string): boolean {
  const length = close - open - 1;
  if (length === name.length) return text.startsWith(name, open + 1);
  if (length < name.length) return false;
  const written = text.slice(open, close + 1);
  return written.includes('\\') && JSON.parse(written) === name;
}

/** Index of the closing quote of the string that opens at `open`; the text's length where there is none. */
function endOfString(text: string, open: number): number {
  for (let index = text.indexOf('"', open + 1); index >= 0; index = text.indexOf('"', index + 1)) {
    if (!isEscaped(text, index)) return index;
  }
  return text.length;
}

/** An odd number of backslashes before it; the quote that opened the string ends the count at the latest. */
function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (index - first) % 2 === 1;
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
