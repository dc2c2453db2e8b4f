import { createHash, createPublicKey, verify } from 'node:crypto';
import { type SigningKey } from './signing-key';

/** Ed25519, in the words of C2SP signed-note. */
const ALGORITHM = Buffer.of(0x01);
/** DER of an Ed25519 public key, up to the key itself. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * A text with a signature below it: C2SP signed-note (https://c2sp.org/signed-note).
 *
 * @param name whose signature it is: the chain's origin, so that a note of one chain is none of another's
 * @param lines of the text, none of them empty
 */
export function signNote(lines: readonly string[], name: string, key: SigningKey): string {
  if (lines.some((line) => line === '' || line.includes('\n'))) throw new Error('a line of a note is one line');
  const text = `${lines.join('\n')}\n`;
  const signature = Buffer.concat([noteKeyId(name, key.publicKey), key.sign(Buffer.from(text))]);
  return `${text}\n— ${name} ${signature.toString('base64')}\n`;
}

/** @returns the lines of the text when one of the keys has signed it under this name, otherwise `null` */
export function openNote(note: string, name: string, publicKeys: readonly Buffer[]): string[] | null {
  const [, text, signatures] = /^((?:[^\n]+\n)+)\n((?:— [^\n]+\n)+)$/.exec(note) ?? [];
  if (text === undefined || signatures === undefined) return null;
  for (const line of signatures.trimEnd().split('\n')) {
    const [, signer, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    if (signer !== name || bytes.length !== 68) continue;
    const key = publicKeys.find((candidate) => noteKeyId(name, candidate).equals(bytes.subarray(0, 4)));
    if (key !== undefined && isSignedBy(key, Buffer.from(text), bytes.subarray(4))) return text.trimEnd().split('\n');
  }
  return null;
}

/** How a key is handed to whoever checks notes: `<name>+<key id>+<key>`. */
export function verifierKey(name: string, publicKey: Buffer): string {
  const key = Buffer.concat([ALGORITHM, publicKey]).toString('base64');
  return `${name}+${noteKeyId(name, publicKey).toString('hex')}+${key}`;
}

function noteKeyId(name: string, publicKey: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(ALGORITHM).update(publicKey).digest().subarray(0, 4);
}

function isSignedBy(publicKey: Buffer, text: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verify(null, text, key, signature);
}
