/** What the portal uses of `verify.mjs`. That file is shipped with every export as it stands, so its types stand beside it. */

/** Something does not hold. */
export class Broken extends Error {
  /** The first record that does not hold; null when it is not about one record. */
  readonly seq: number | null;
}

/** All of it may be there, but not where it has to be: whether it holds is known once it was put in order. */
export class Reordered extends Broken {}

export interface VerifierTools {
  sha256(bytes: Uint8Array): string | Promise<string>;
  isSigned(key: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

export interface VerifyOptions {
  /** Verifier keys. Left out: those inside the export, which prove that it is in one piece and not whose it is. */
  readonly keys?: readonly string[];
  /** Signed checkpoints that were kept elsewhere. */
  readonly checkpoints?: readonly string[];
  readonly onProgress?: (done: number, of: number) => void;
}

export interface VerifiedExport {
  /** Of the chain: `integration-hub/audit/ten_…`. */
  readonly origin: string;
  readonly first: number;
  readonly last: number;
  /** Shown. */
  readonly records: number;
  /** Left out by the filter, and given by their digests. */
  readonly skipped: number;
  readonly checkpoints: number;
  readonly signedAt: string | null;
  /** How many of the checkpoints kept elsewhere hold. The others are of another chain, or of a part of it that is not here. */
  readonly kept: number;
  /** How many were given. */
  readonly keptGiven: number;
  readonly keys: readonly string[];
  /** Whether keys were given. */
  readonly trusted: boolean;
}

export interface ArchivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @throws Broken for what does not hold */
export function verifyExport(
  files: AsyncIterable<ArchivedFile>,
  options?: VerifyOptions,
  tools?: VerifierTools,
): Promise<VerifiedExport>;

export function filesOfArchive(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile>;

/** @param subtle with Ed25519 */
export function webTools(subtle: unknown): VerifierTools;

/** What a `.tar.gz` of the hub holds, unpacked by what browsers have. */
export function unpackedByWeb(packed: Uint8Array): AsyncGenerator<Uint8Array>;
