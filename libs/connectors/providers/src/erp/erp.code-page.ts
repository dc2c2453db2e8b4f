export const CODE_PAGES = ['utf-8', 'iso-8859-1', 'windows-1252'] as const;
export type CodePage = (typeof CODE_PAGES)[number];

/** What windows-1252 has in place of the control characters 0x80 to 0x9f; five of them are nothing. */
const FROM_0X80 = [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'];
const WINDOWS_1252 = new Set(FROM_0X80.filter((character) => character > '\u00ff'));
const LATIN = /^(iso[_-]?8859-1|latin-?1|l1|windows-1252|cp-?1252|x-cp1252|us-ascii|ascii)$/i;

/** What XML 1.0 cannot carry, not even as a reference. Half a surrogate pair is no character at all. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** The first character that the system's database cannot hold, or null: it would put a `?` there without a word. */
export function strangerOf(text: string, page: CodePage): string | null {
  if (page === 'utf-8') return null;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isLatin = code <= 0x7f || (code >= 0xa0 && code <= 0xff);
    if (!isLatin && !(page === 'windows-1252' && WINDOWS_1252.has(character))) return character;
  }
  return null;
}

export function isXmlText(text: string): boolean {
  return !NOT_XML.test(text);
}

/**
 * The text of an answer: by `Content-Type`, else by byte order mark and XML declaration, as RFC 7303 has it. soap itself
 * takes every answer for UTF-8.
 * @param fallback for bytes that are not what they are said to be.
 * @returns null where no reading fits: a wrong one would put other people's names into the records.
 */
export function decodeAnswer(body: Buffer, contentType: string, fallback: CodePage): string | null {
  const declared =
    /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1] ??
    bomOf(body) ??
    /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(body.toString('latin1', 0, 200))?.[1] ??
    'utf-8';
  return decodeAs(body, declared) ?? decodeAs(body, fallback);
}

function bomOf(body: Buffer): string | undefined {
  if (body.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return 'utf-8';
  if (body.subarray(0, 2).equals(Buffer.from([0xff, 0xfe]))) return 'utf-16le';
  return body.subarray(0, 2).equals(Buffer.from([0xfe, 0xff])) ? 'utf-16be' : undefined;
}

function decodeAs(body: Buffer, name: string): string | null {
  // By hand, because Node's own decoder takes windows-1252 for ISO-8859-1 and loses the euro sign. The other way round, as
  // browsers have it, nothing is lost: nobody keeps control characters in names.
  if (LATIN.test(name)) return body.toString('latin1').replace(/[\u0080-\u009f]/g, from0x80);
  try {
    return new TextDecoder(name, { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function from0x80(character: string): string {
  return FROM_0X80[character.charCodeAt(0) - 0x80] ?? character;
}
