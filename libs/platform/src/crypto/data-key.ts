import { inspect } from 'node:util';

/**
 * An open data key. The bytes sit in a private field and every way of printing is overridden,
 * so that a log line or an error dump of whatever holds it shows the version alone.
 */
export class DataKey {
  readonly #bytes: Buffer;

  /** @param version counts up with each new data key of a tenant; part of what a ciphertext is bound to. */
  constructor(
    bytes: Buffer,
    readonly version: number,
  ) {
    this.#bytes = bytes;
  }

  /** For the cipher only. */
  expose(): Buffer {
    return this.#bytes;
  }

  /** Overwrites the bytes: the key is of no use afterwards. */
  destroy(): void {
    this.#bytes.fill(0);
  }

  toJSON(): string {
    return `[data key v${this.version}]`;
  }

  toString(): string {
    return this.toJSON();
  }

  [inspect.custom](): string {
    return this.toJSON();
  }
}
