export type CodePage = 'utf-8' | 'iso-8859-1' | 'windows-1252';

/** 0x80–0x9F of Windows-1252. The five unassigned bytes stay control characters, as every decoder reads them. */
const WINDOWS_HIGH =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

const REPLACEMENT = 0x3f;

function byteOf(character: string, page: 'iso-8859-1' | 'windows-1252'): number | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (page === 'windows-1252') {
    const high = character.length === 1 ? WINDOWS_HIGH.indexOf(character) : -1;
    if (high >= 0) return 0x80 + high;
    if (code >= 0x80 && code <= 0x9f) return undefined;
  }
  return code <= 0xff ? code : undefined;
}

/** The first character that the page has no byte for. */
export function firstUnmappable(text: string, page: CodePage): string | undefined {
  return page === 'utf-8' ? undefined : [...text].find((character) => byteOf(character, page) === undefined);
}

/** What remains of a text after a column of that code page: everything it cannot hold is a question mark. */
export function throughCodePage(text: string, page: CodePage): string {
  if (page === 'utf-8') return text;
  return [...text].map((character) => (byteOf(character, page) === undefined ? '?' : character)).join('');
}

export function encodeText(text: string, page: CodePage): Buffer {
  if (page === 'utf-8') return Buffer.from(text, 'utf8');
  return Buffer.from([...text].map((character) => byteOf(character, page) ?? REPLACEMENT));
}

/** @throws TypeError when the bytes are no UTF-8 */
export function decodeText(bytes: Buffer, page: CodePage): string {
  if (page === 'utf-8') return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const text = bytes.toString('latin1');
  if (page === 'iso-8859-1') return text;
  return text.replace(/[\u0080-\u009F]/g, (character) => WINDOWS_HIGH.charAt(character.charCodeAt(0) - 0x80));
}

/** By any of its usual names; `undefined` for one that this server cannot read. */
export function codePageNamed(name: string): CodePage | undefined {
  switch (name.toLowerCase()) {
    case 'utf-8':
    case 'utf8':
    case 'us-ascii':
      return 'utf-8';
    case 'iso-8859-1':
    case 'iso8859-1':
    case 'latin1':
      return 'iso-8859-1';
    case 'windows-1252':
    case 'cp1252':
      return 'windows-1252';
    default:
      return undefined;
  }
}
