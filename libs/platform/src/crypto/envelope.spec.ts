import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Result } from '../result/result';
import { type CryptoError } from './crypto-error';
import { type DataKey } from './data-key';
import { createEnvelope, type SealPlace } from './envelope';
import { createLocalKeyring, parseKeyring, readKeyringFile } from './keyring';

const K1 = { id: 'k1', key: randomBytes(32) };
const K2 = { id: 'k2', key: randomBytes(32) };
const OWNER = { tenantId: 'tenant-a', version: 1 };
const PLACE: SealPlace = { tenantId: 'tenant-a', connectionId: 'con-1', field: 'credentials' };
const envelope = createEnvelope(createLocalKeyring([K1], 'k1'));

function value<T>(result: Result<T, CryptoError>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function code<T>(result: Result<T, CryptoError>): string | undefined {
  return result.ok ? undefined : result.error.code;
}

async function newKey(version = 1): Promise<DataKey> {
  return value(await envelope.generateDataKey({ ...OWNER, version })).dataKey;
}

describe('sealing', () => {
  it('opens what it sealed, text and bytes, empty ones too', async () => {
    const dataKey = await newKey();
    for (const plaintext of ['', 'geheim ☃', Buffer.from([0, 255, 1])]) {
      const sealed = envelope.seal(plaintext, { dataKey, aad: PLACE });
      expect(value(envelope.open(sealed, { dataKey, aad: PLACE }))).toEqual(Buffer.from(plaintext as string));
    }
  });

  it('never seals one text twice alike, and shows nothing of it', async () => {
    const dataKey = await newKey();
    const options = { dataKey, aad: PLACE };
    const seals = new Set(Array.from({ length: 50 }, () => envelope.seal('secret', options)));
    expect(seals.size).toBe(50);
    for (const sealed of seals) expect(Buffer.from(sealed.split('.')[2]!, 'base64url').includes('secret')).toBe(false);
  });

  it.each([
    ['tenant', { tenantId: 'tenant-b' }],
    ['connection', { connectionId: 'con-2' }],
    ['field', { field: 'config' }],
  ])('does not open in the place of another %s', async (_name, change) => {
    const dataKey = await newKey();
    const sealed = envelope.seal('secret', { dataKey, aad: PLACE });
    expect(code(envelope.open(sealed, { dataKey, aad: { ...PLACE, ...change } }))).toBe('not_authentic');
  });

  it('does not open when any byte was changed', async () => {
    const dataKey = await newKey();
    const [head, version, body] = envelope.seal('secret', { dataKey, aad: PLACE }).split('.');
    const bytes = Buffer.from(body!, 'base64url');
    for (let i = 0; i < bytes.length; i++) {
      const tampered = Buffer.from(bytes);
      tampered[i]! ^= 1;
      const text = [head, version, tampered.toString('base64url')].join('.');
      expect(code(envelope.open(text, { dataKey, aad: PLACE }))).toBe('not_authentic');
    }
  });

  it('does not open under another data key, nor with a forged version', async () => {
    const dataKey = await newKey();
    const sealed = envelope.seal('secret', { dataKey, aad: PLACE });
    expect(code(envelope.open(sealed, { dataKey: await newKey(), aad: PLACE }))).toBe('not_authentic');
    expect(code(envelope.open(sealed, { dataKey: await newKey(2), aad: PLACE }))).toBe('unknown_key');
    const forged = sealed.replace('s1.1.', 's1.2.');
    expect(envelope.dataKeyVersionOf(forged)).toBe(2);
    expect(code(envelope.open(forged, { dataKey: await newKey(2), aad: PLACE }))).toBe('not_authentic');
  });

  it.each(['', 's1', 's1.1.', 's1.0.AAAA', 's2.1.AAAA', 's1.1.AA=A', 's1.1.A', 's1.1.AAAA.AAAA', 'plain text'])(
    'refuses the malformed text "%s" as a value',
    async (text) => {
      const dataKey = await newKey();
      expect(['malformed', 'not_authentic']).toContain(code(envelope.open(text, { dataKey, aad: PLACE })));
    },
  );

  it('throws when two places could spell the same', async () => {
    const dataKey = await newKey();
    const aad = { tenantId: 'a|b', connectionId: 'c', field: 'd' };
    expect(() => envelope.seal('x', { dataKey, aad })).toThrow('must not contain');
    expect(() => envelope.seal('x', { dataKey, aad: { ...PLACE, field: '' } })).toThrow('must be non-empty');
  });
});

describe('data keys', () => {
  it('open for their owner alone', async () => {
    const { dataKey, wrapped } = value(await envelope.generateDataKey(OWNER));
    expect(value(await envelope.openDataKey(wrapped, OWNER)).expose()).toEqual(dataKey.expose());
    expect(code(await envelope.openDataKey(wrapped, { ...OWNER, tenantId: 'tenant-b' }))).toBe('not_authentic');
    expect(code(await envelope.openDataKey(wrapped, { ...OWNER, version: 2 }))).toBe('not_authentic');
    expect(code(await envelope.openDataKey('nonsense', OWNER))).toBe('malformed');
  });

  it('differ from each other', async () => {
    expect((await newKey()).expose()).not.toEqual((await newKey()).expose());
  });

  it('never print their bytes', async () => {
    const dataKey = await newKey();
    const texts = [JSON.stringify({ dataKey }), inspect({ dataKey }, { depth: 9, showHidden: true }), String(dataKey)];
    for (const text of texts) {
      expect(text).toContain('[data key v1]');
      expect(text).not.toContain(dataKey.expose().toString('hex').slice(0, 8));
    }
  });

  it('outlive a rotation of the master key: readable, marked, rewrapped without touching what they sealed', async () => {
    const { dataKey, wrapped } = value(await envelope.generateDataKey(OWNER));
    const sealed = envelope.seal('secret', { dataKey, aad: PLACE });
    expect(envelope.needsRewrap(wrapped)).toBe(false);

    const rotated = createEnvelope(createLocalKeyring([K1, K2], 'k2'));
    expect(rotated.needsRewrap(wrapped)).toBe(true);
    expect(value(await rotated.openDataKey(wrapped, OWNER)).expose()).toEqual(dataKey.expose());
    const rewrapped = value(await rotated.rewrap(wrapped, OWNER));
    expect(rotated.needsRewrap(rewrapped)).toBe(false);

    const withoutOldKey = createEnvelope(createLocalKeyring([K2], 'k2'));
    expect(code(await withoutOldKey.openDataKey(wrapped, OWNER))).toBe('unknown_key');
    const reopened = value(await withoutOldKey.openDataKey(rewrapped, OWNER));
    expect(value(withoutOldKey.open(sealed, { dataKey: reopened, aad: PLACE })).toString()).toBe('secret');
  });

  it('do not open when the id of the master key is swapped', async () => {
    const both = createEnvelope(createLocalKeyring([K1, { id: 'k9', key: K1.key }], 'k1'));
    const { wrapped } = value(await both.generateDataKey(OWNER));
    expect(code(await both.openDataKey(wrapped.replace('dk1.k1.', 'dk1.k9.'), OWNER))).toBe('not_authentic');
  });
});

describe('the keyring', () => {
  const text = `k2:${K2.key.toString('base64')},k1:${K1.key.toString('base64')}`;

  it('is read from text: the first key is active unless another is named', () => {
    expect(value(parseKeyring(text)).activeKeyId).toBe('k2');
    expect(value(parseKeyring(text, 'k1')).activeKeyId).toBe('k1');
    expect(value(parseKeyring(`# new\n ${text.replace(',', '\r\n')}\n\n`)).activeKeyId).toBe('k2');
  });

  it.each([
    '',
    ' , ',
    'k1',
    'k1:',
    `k1:${K1.key.subarray(1).toString('base64')}`,
    `k1:${K1.key.toString('base64')}*`,
    `k 1:${K1.key.toString('base64')}`,
    `k1:${K1.key.toString('base64')},k1:${K2.key.toString('base64')}`,
  ])('refuses malformed text %# without repeating it', (bad) => {
    const result = parseKeyring(bad);
    expect(result).toMatchObject({ ok: false, error: { code: 'keyring_invalid' } });
    expect(JSON.stringify(result)).not.toContain(K1.key.toString('base64').slice(0, 12));
  });

  it('refuses an active key that it does not hold', () => {
    expect(code(parseKeyring(text, 'k3'))).toBe('keyring_invalid');
  });

  it('is read from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyring-'));
    try {
      await writeFile(join(folder, 'keys'), text);
      expect(value(await readKeyringFile(join(folder, 'keys'))).activeKeyId).toBe('k2');
      expect(await readKeyringFile(join(folder, 'none'))).toMatchObject({
        ok: false,
        error: { code: 'keyring_unavailable', message: expect.stringContaining('ENOENT') },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
