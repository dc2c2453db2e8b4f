import { createHash } from 'node:crypto';
import { helperFailure, quoted, type MappingFunction } from './function.types';

const group = 'Keys';
/** RFC 9562, appendix A: the namespace for names that are URLs. */
const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

function uuid5(name: string | undefined, namespace: string = URL_NAMESPACE): string | undefined {
  if (name === undefined) return undefined;
  if (!UUID.test(namespace)) throw helperFailure(`${quoted(namespace)} is not a UUID.`);
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Salesforce's check letters: one per five characters, a bit for each capital. */
function sfId18(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  if (!/^[A-Za-z0-9]{15}([A-Za-z0-5]{3})?$/.test(id))
    throw helperFailure(`${quoted(id)} is not a Salesforce id of 15 or 18 characters.`);
  const base = id.slice(0, 15);
  const suffix = [0, 5, 10].map((start) => {
    const bits = Array.from(base.slice(start, start + 5)).reduce(
      (sum, letter, index) => sum + (/[A-Z]/.test(letter) ? 1 << index : 0),
      0,
    );
    return SUFFIX_LETTERS.charAt(bits);
  });
  const full = base + suffix.join('');
  if (id.length === 18 && id.toUpperCase() !== full.toUpperCase())
    throw helperFailure(`${quoted(id)} is not a Salesforce id: its last three letters do not fit.`);
  return full;
}

export const KEY_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'hash',
    usage: '$hash(text)',
    signature: '<s-:s>',
    group,
    arity: 1,
    description: 'SHA-256 of the text in UTF-8, as 64 hexadecimal digits: a stable key, not a secret.',
    examples: [
      { expression: '$hash("abc")', result: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
    ],
    implementation: (text: string | undefined) =>
      text === undefined ? undefined : createHash('sha256').update(text, 'utf8').digest('hex'),
  },
  {
    name: 'uuid5',
    usage: '$uuid5(name, namespace?)',
    signature: '<s-s?:s>',
    group,
    arity: 1,
    description:
      'UUID version 5 of a name: the same name always gives the same UUID. The namespace is a UUID, by default the one for URLs (RFC 9562).',
    examples: [
      { expression: '$uuid5("https://example.com/orders/1001")', result: '218ca38e-fc06-5f1b-87cc-dcfc8b084d70' },
      {
        expression: '$uuid5("www.example.com", "6ba7b810-9dad-11d1-80b4-00c04fd430c8")',
        result: '2ed6657d-e927-568b-95e1-2665a8aea6a2',
      },
    ],
    implementation: uuid5,
  },
  {
    name: 'sfId18',
    usage: '$sfId18(id)',
    signature: '<s-:s>',
    group,
    arity: 1,
    description: 'The Salesforce id of 18 characters, safe where case is lost, from one of 15 (or checks one of 18).',
    examples: [{ expression: '$sfId18("0018Z00002XyZaB")', result: '0018Z00002XyZaBQAV' }],
    implementation: sfId18,
  },
];
