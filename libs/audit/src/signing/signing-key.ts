import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { err, ok, type Result } from '@hub/platform';

/** DER of an Ed25519 private key, up to the seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** The Ed25519 key that checkpoints are signed with. It never lies in the database: who owns that could sign what they like. */
export class SigningKey {
  readonly #key: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** SHA-256 of the public key, in hex. */
  readonly id: string;

  private constructor(seed: Buffer) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
    this.id = createHash('sha256').update(this.publicKey).digest('hex');
  }

  /** @param text base64 of 32 random bytes: `HUB_AUDIT_SIGNING_KEY` */
  static parse(text: string): Result<SigningKey, string> {
    const seed = Buffer.from(text, 'base64');
    if (seed.length !== KEY_BYTES || seed.toString('base64') !== text) return err('must be the base64 of 32 bytes');
    return ok(new SigningKey(seed));
  }

  sign(text: Buffer): Buffer {
    return sign(null, text, this.#key);
  }

  toJSON(): string {
    return `[signing key ${this.id.slice(0, 8)}]`;
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}
