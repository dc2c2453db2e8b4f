import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../result/result';
import { decodeBase64, decryptGcm, encryptGcm, KEY_BYTES } from './aes-gcm';
import { type CryptoError } from './crypto-error';
import { DataKey } from './data-key';
import { type Keyring } from './keyring';

/** Where a secret lives. A ciphertext that is moved to another place does not open. */
export interface SealPlace {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly field: string;
}

export interface DataKeyOwner {
  readonly tenantId: string;
  /** Version of the data key, from 1. */
  readonly version: number;
}

export interface NewDataKey {
  readonly dataKey: DataKey;
  /** To be stored. `dk1.<master key id>.<base64url>` */
  readonly wrapped: string;
}

export interface SealOptions {
  readonly dataKey: DataKey;
  readonly aad: SealPlace;
}

/**
 * Envelope encryption: secrets are sealed under a data key of their tenant, data keys under a master key.
 * Rotating the master key rewraps data keys and touches no secret; destroying a tenant's wrapped keys erases
 * all that they sealed.
 */
export interface Envelope {
  generateDataKey(owner: DataKeyOwner): Promise<Result<NewDataKey, CryptoError>>;
  openDataKey(wrapped: string, owner: DataKeyOwner): Promise<Result<DataKey, CryptoError>>;
  /** True when the wrapping master key is no longer the active one. A malformed text is not worth rewrapping: false. */
  needsRewrap(wrapped: string): boolean;
  /** The same data key under the active master key. */
  rewrap(wrapped: string, owner: DataKeyOwner): Promise<Result<string, CryptoError>>;
  /** `s1.<data key version>.<base64url of iv, ciphertext and tag>`. Two seals of one text differ. */
  seal(plaintext: string | Buffer, options: SealOptions): string;
  open(sealed: string, options: SealOptions): Result<Buffer, CryptoError>;
  /** Version of the data key that opens `sealed`, null if it is no sealed text. */
  dataKeyVersionOf(sealed: string): number | null;
}

const WRAPPED = /^dk1\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]+)$/;
const SEALED = /^s1\.([1-9]\d{0,8})\.([A-Za-z0-9_-]+)$/;

export function createEnvelope(keyring: Keyring): Envelope {
  const wrap = async (key: Buffer, owner: DataKeyOwner): Promise<Result<string, CryptoError>> => {
    const wrapped = await keyring.wrap(key, ownerAad(owner));
    if (!wrapped.ok) return wrapped;
    return ok(`dk1.${wrapped.value.keyId}.${wrapped.value.ciphertext.toString('base64url')}`);
  };
  const openDataKey = async (wrapped: string, owner: DataKeyOwner): Promise<Result<DataKey, CryptoError>> => {
    const [, keyId, encoded] = WRAPPED.exec(wrapped) ?? [];
    const ciphertext = encoded === undefined ? null : decodeBase64(encoded, 'base64url');
    if (keyId === undefined || ciphertext === null) return malformed('The stored data key is malformed');
    const key = await keyring.unwrap({ keyId, ciphertext }, ownerAad(owner));
    if (!key.ok) return key;
    return key.value.length === KEY_BYTES
      ? ok(new DataKey(key.value, owner.version))
      : malformed('The stored data key has the wrong length');
  };

  return {
    openDataKey,
    async generateDataKey(owner) {
      const key = randomBytes(KEY_BYTES);
      const wrapped = await wrap(key, owner);
      return wrapped.ok ? ok({ dataKey: new DataKey(key, owner.version), wrapped: wrapped.value }) : wrapped;
    },
    needsRewrap(wrapped) {
      const keyId = WRAPPED.exec(wrapped)?.[1];
      return keyId !== undefined && keyId !== keyring.activeKeyId;
    },
    async rewrap(wrapped, owner) {
      const key = await openDataKey(wrapped, owner);
      if (!key.ok) return key;
      const rewrapped = await wrap(key.value.expose(), owner);
      key.value.destroy();
      return rewrapped;
    },
    seal(plaintext, { dataKey, aad }) {
      const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
      const sealed = encryptGcm(dataKey.expose(), bytes, placeAad(aad, dataKey.version));
      return `s1.${dataKey.version}.${sealed.toString('base64url')}`;
    },
    open(sealed, { dataKey, aad }) {
      const [, version, encoded] = SEALED.exec(sealed) ?? [];
      const ciphertext = encoded === undefined ? null : decodeBase64(encoded, 'base64url');
      if (version === undefined || ciphertext === null) return malformed('The sealed text is malformed');
      if (Number(version) !== dataKey.version) {
        return err({ code: 'unknown_key', message: `Sealed under data key v${version}, not v${dataKey.version}` });
      }
      const plaintext = decryptGcm(dataKey.expose(), ciphertext, placeAad(aad, dataKey.version));
      return plaintext === null
        ? err({ code: 'not_authentic', message: 'The secret cannot be opened in this place with this key' })
        : ok(plaintext);
    },
    dataKeyVersionOf(sealed) {
      const version = SEALED.exec(sealed)?.[1];
      return version === undefined ? null : Number(version);
    },
  };
}

function placeAad({ tenantId, connectionId, field }: SealPlace, keyVersion: number): string {
  return joinAad(['v1', tenantId, connectionId, field, String(keyVersion)]);
}

function ownerAad({ tenantId, version }: DataKeyOwner): string {
  if (!Number.isSafeInteger(version) || version < 1 || version > 999_999_999) {
    throw new Error('A data key version is a whole number from 1 to 999,999,999');
  }
  return joinAad(['v1', tenantId, 'data_key', String(version)]);
}

/** @throws for an empty part or one that holds the separator: two places must never spell the same. */
function joinAad(parts: readonly string[]): string {
  if (parts.some((part) => part === '' || part.includes('|'))) {
    throw new Error('Additional data must be non-empty and must not contain "|"');
  }
  return parts.join('|');
}

function malformed(message: string): { readonly ok: false; readonly error: CryptoError } {
  return err({ code: 'malformed', message });
}
