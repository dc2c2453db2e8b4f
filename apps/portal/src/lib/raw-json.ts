/**
 * The text of a member of a JSON object, letter by letter: figures keep digits that a number of JavaScript cannot hold.
 * @param json the text of an object that parses
 * @returns null where there is no such member
 */
export function memberText(json: string, name: string): string | null {
  let found: string | null = null;
  let at = afterBlanks(json, json.indexOf('{') + 1);
  while (at < json.length && json.charAt(at) === '"') {
    const keyEnd = endOfValue(json, at);
    const from = afterBlanks(json, json.indexOf(':', keyEnd) + 1);
    const to = endOfValue(json, from);
    // The last one of a name counts, as for every parser.
    if (JSON.parse(json.slice(at, keyEnd)) === name) found = json.slice(from, to);
    at = afterBlanks(json, afterBlanks(json, to) + 1);
  }
  return found;
}

function afterBlanks(json: string, at: number): number {
  while (/\s/.test(json.charAt(at))) at++;
  return at;
}

function endOfValue(json: string, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const letter = json.charAt(at);
    if (letter === '"') {
      at++;
      while (at < json.length && json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1;
      if (depth === 0) return at + 1;
    } else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (letter === ',' || /\s/.test(letter))) return at;
  }
  return json.length;
}
