import { membersOf, type QueryMembers } from './search-params';

/** Stands for the key: what is copied and pasted somewhere must hold no secret. */
const KEY = '"Authorization: Bearer $HUB_API_KEY"';

/** A word that a POSIX shell takes as it stands. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

export interface CurlRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** JSON text, sent byte for byte. */
  readonly body?: string;
}

/** A command that asks the API the same from a shell, where `HUB_API_KEY` is set. */
export function curlOf({ method, url, body }: CurlRequest): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(url)}`, `-H ${KEY}`];
  // With --data-raw, text that begins with "@" is no name of a file.
  if (body !== undefined) lines.push(`-H 'Content-Type: application/json'`, `--data-raw ${quoted(body)}`);
  return lines.join(' \\\n  ');
}

/** An address with a query, members that are not there left out. */
export function urlWith(base: string, query: QueryMembers): string {
  const text = new URLSearchParams(membersOf(query)).toString();
  return text === '' ? base : `${base}?${text}`;
}
