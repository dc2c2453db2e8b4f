import { randomBytes } from 'node:crypto';

/** What must be seen nowhere, and what the hub has said to anybody. */
export class Canaries {
  readonly known: string[] = [];
  readonly said: string[] = [];

  /** A secret that can be told from everything else. */
  make(name: string): string {
    return this.know(`canary-${name}-${randomBytes(12).toString('hex')}`);
  }

  /** Somebody else has made it. */
  know(secret: string): string {
    if (secret.length < 8) throw new Error('too short to be found for certain');
    this.known.push(secret);
    return secret;
  }

  /** Each line of a key, because a line alone would be a leak. */
  knowKey(pem: string): string {
    for (const line of pem.split('\n')) if (!line.startsWith('-----') && line.length > 20) this.know(line);
    return pem;
  }
}
