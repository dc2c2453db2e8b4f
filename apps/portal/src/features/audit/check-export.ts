import { type ExportedChain } from './exported-chain';

/** What checking an archive came to. */
export type Verdict =
  | {
      readonly kind: 'holds';
      readonly first: number;
      readonly last: number;
      readonly records: number;
      readonly skipped: number;
      readonly checkpoints: number;
      readonly signedAt: string | null;
    }
  /** `message`: what is out of order, and what to do; whether the export holds is not known until then. */
  | { readonly kind: 'reordered'; readonly message: string }
  /** `seq`: the first record that does not hold; null when it is not about one. */
  | { readonly kind: 'broken'; readonly message: string; readonly seq: number | null };

/** A browser without it, or a page that came neither by TLS nor from this machine. */
export class CannotCheckError extends Error {
  constructor(readonly reason: 'unsupported' | 'too_large') {
    super(reason);
  }
}

/** As much as is read into memory at once. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Checks an archive in this browser, with the program that every export carries and the keys that the hub publishes; against its
 * newest checkpoint as well, so that an export that was made before something was cut off is told from one made after.
 *
 * @param onProgress told how much of the records was looked at, from 0 to 1
 * @throws CannotCheckError where this browser cannot, ApiProblem where the keys cannot be had
 */
export async function checkExport(
  archive: Blob,
  chain: ExportedChain,
  onProgress: (part: number) => void,
): Promise<Verdict> {
  if (archive.size > MOST_BYTES) throw new CannotCheckError('too_large');
  const [{ Broken, filesOfArchive, Reordered, unpackedByWeb, verifyExport, webTools }, { keys, note }] =
    await Promise.all([import('@hub/audit-verifier'), chain.checkpoint()]);
  if (!(await hasEd25519())) throw new CannotCheckError('unsupported');
  const packed = new Uint8Array(await archive.arrayBuffer());
  try {
    const { first, last, records, skipped, checkpoints, signedAt } = await verifyExport(
      filesOfArchive(unpackedByWeb(packed)),
      {
        keys: [...keys],
        checkpoints: note === null ? [] : [note],
        onProgress: (done, of) => onProgress(of === 0 ? 1 : done / of),
      },
      webTools(crypto.subtle),
    );
    return { kind: 'holds', first, last, records, skipped, checkpoints, signedAt };
  } catch (error) {
    if (error instanceof Reordered) return { kind: 'reordered', message: error.message };
    if (error instanceof Broken) return { kind: 'broken', message: error.message, seq: error.seq };
    throw error;
  }
}

async function hasEd25519(): Promise<boolean> {
  // Only there for pages that came by TLS or from this machine.
  if (!window.isSecureContext) return false;
  try {
    await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
    return true;
  } catch {
    return false;
  }
}
