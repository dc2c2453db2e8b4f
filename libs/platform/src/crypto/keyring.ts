import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../result/result';
import { decodeBase64, decryptGcm, encryptGcm, KEY_BYTES } from './aes-gcm';
import { type CryptoError } from './crypto-error';

/** A data key sealed under a master key, and the master key's id. Fit to be stored. */
export interface WrappedKey {
  readonly keyId: string;
  readonly ciphertext: Buffer;
}

/**
 * Master keys behind one interface: held here (env, file) or in a KMS, hence asynchronous.
 * `aad` binds a wrapped key to its place; a KMS takes it as encryption context.
 */
export interface Keyring {
  /** Id of the key that wraps from now on; keys with other ids still unwrap. */
  readonly activeKeyId: string;
  wrap(dataKey: Buffer, aad: string): Promise<Result<WrappedKey, CryptoError>>;
  unwrap(wrapped: WrappedKey, aad: string): Promise<Result<Buffer, CryptoError>>;
}

export interface MasterKey {
  /** Letters, digits, `_` and `-`; it is stored beside every key that it wraps. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws when the keys are not usable: the process must not start with a broken keyring. */
export function createLocalKeyring(keys: readonly MasterKey[], activeId: string): Keyring {
  const byId = new Map<string, Buffer>();
  for (const { id, key } of keys) {
    if (!KEY_ID.test(id)) throw new Error('A master key id has 1 to 64 letters, digits, "_" or "-"');
    if (byId.has(id)) throw new Error(`Master key "${id}" is given twice`);
    if (key.length !== KEY_BYTES) throw new Error(`Master key "${id}" must have ${KEY_BYTES} bytes`);
    byId.set(id, Buffer.from(key));
  }
  const active = byId.get(activeId);
  if (active === undefined) throw new Error(`The active master key "${activeId}" is not in the keyring`);

  return {
    activeKeyId: activeId,
    wrap: async (dataKey, aad) =>
      ok({ keyId: activeId, ciphertext: encryptGcm(active, dataKey, `${aad}|${activeId}`) }),
    unwrap: async ({ keyId, ciphertext }, aad) => {
      const key = byId.get(keyId);
      if (key === undefined)
        return err({ code: 'unknown_key', message: `Master key "${keyId}" is not in the keyring` });
      const dataKey = decryptGcm(key, ciphertext, `${aad}|${keyId}`);
      if (dataKey === null) return err({ code: 'not_authentic', message: 'The data key cannot be unwrapped' });
      return ok(dataKey);
    },
  };
}

/**
 * Reads `k2:<base64>,k1:<base64>` (commas or line breaks; `#` starts a comment line).
 * The first key is active unless `activeId` says otherwise, so a rotation puts the new key in front.
 */
export function parseKeyring(text: string, activeId?: string): Result<Keyring, CryptoError> {
  const keys: MasterKey[] = [];
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith('#'));
  for (const entry of lines.flatMap((line) => line.split(','))) {
    if (entry.trim() === '') continue;
    const [, id, encoded] = /^([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/]+=*)$/.exec(entry.trim()) ?? [];
    const key = encoded === undefined ? null : decodeBase64(encoded, 'base64');
    // The entry stays out of the message: it may be a key.
    if (id === undefined || key === null) return invalid(`Master key ${keys.length + 1} is not "<id>:<base64>"`);
    keys.push({ id, key });
  }
  const first = keys[0];
  if (first === undefined) return invalid('The keyring is empty');
  try {
    return ok(createLocalKeyring(keys, activeId ?? first.id));
  } catch (error) {
    return invalid(error instanceof Error ? error.message : 'The keyring is not usable');
  }
}

/** A keyring file holds the text of {@link parseKeyring}. */
export async function readKeyringFile(path: string, activeId?: string): Promise<Result<Keyring, CryptoError>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return err({
      code: 'keyring_unavailable',
      message: `The keyring file cannot be read (${code ?? 'unknown reason'})`,
    });
  }
  return parseKeyring(text, activeId);
}

function invalid(message: string): Result<Keyring, CryptoError> {
  return err({ code: 'keyring_invalid', message });
}
