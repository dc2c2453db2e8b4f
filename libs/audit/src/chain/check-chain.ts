import { err, ok, type Result } from '@hub/platform';
import { type ChainRecord } from './chain.repository';
import { chainHash, recordDigest } from './chain-hash';

/** Where a chain has got to while it is read. */
export interface ChainPlace {
  readonly seq: number;
  readonly hash: Buffer;
}

export interface BrokenChain {
  readonly code: 'chain_broken';
  /** The first place at which it does not hold. */
  readonly seq: number;
}

/** Whether these records follow `from` without a gap, each with the hash that its text gives. */
export function followChain(
  tenantId: string,
  from: ChainPlace,
  records: readonly ChainRecord[],
): Result<ChainPlace, BrokenChain> {
  let place = from;
  for (const record of records) {
    const seq = place.seq + 1;
    const hash = chainHash(tenantId, seq, place.hash, recordDigest(record.text));
    const holds = record.seq === seq && record.prev.equals(place.hash) && record.hash.equals(hash);
    if (!holds) return err({ code: 'chain_broken', seq });
    place = { seq, hash };
  }
  return ok(place);
}
