import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type TestClient } from '@hub/testing';

/** Of each list, so many are looked at one by one. */
const MOST = 25;
/** What shows a secret to whoever may change it, an archive, which is no text, and a stream, which does not end. */
const LEFT_OUT = [/\/secret$/, /\/hook$/, /\/download$/, /\/stream$/];

interface Listed {
  readonly data?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * What every GET of the API answers to this caller: all lists, and whatever of theirs can be read one by one, as the
 * published description has it.
 * @returns text by path
 */
export async function everyAnswer(client: TestClient, under: '/v1/' | '/admin/v1/'): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const read = async (path: string): Promise<string> => {
    const known = answers.get(path);
    if (known !== undefined) return known;
    const { text } = await client.get(path);
    answers.set(path, text);
    return text;
  };
  const pathsOf = async (template: string): Promise<string[]> => {
    const [, list, rest] = /^(.*)\/\{\w+\}(.*)$/.exec(template) ?? [];
    if (list === undefined) return [template];
    const found: string[] = [];
    for (const path of await pathsOf(list)) {
      const ids = idsIn(await read(path)).slice(0, MOST);
      found.push(...ids.map((id) => `${path}/${encodeURIComponent(id)}${rest ?? ''}`));
    }
    return found;
  };
  for (const template of described(under)) {
    if (LEFT_OUT.some((pattern) => pattern.test(template))) continue;
    for (const path of await pathsOf(template)) await read(path);
  }
  return answers;
}

function described(under: string): string[] {
  const document = JSON.parse(readFileSync(resolve(__dirname, '../../openapi/openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    methods['get'] !== undefined && path.startsWith(under) ? [path] : [],
  );
}

function idsIn(text: string): string[] {
  let listed: Listed;
  try {
    listed = JSON.parse(text) as Listed;
  } catch {
    return [];
  }
  if (!Array.isArray(listed.data)) return [];
  return listed.data.flatMap(({ id, tracking_id: tracking, rule }) => {
    const name = id ?? tracking ?? rule;
    return typeof name === 'string' ? [name] : [];
  });
}
