import { type Tx } from '@hub/database';
import { fillEarlier } from './accept-statement';
import { type AcceptInput, type AcceptOutcome, type CheckOutcome } from './accept.types';

/**
 * What accepting the events would come to, for which nothing is kept: against the keys of earlier ones, and of each against
 * those before it. Runs inside a transaction that sees the keys of the tenants of `inputs`. One outcome each, in order.
 */
export async function checkEvents(tx: Tx, inputs: readonly AcceptInput[]): Promise<CheckOutcome[]> {
  if (inputs.length === 0) return [];
  const earlier = new Array<AcceptOutcome | undefined>(inputs.length);
  await fillEarlier(tx, inputs, earlier);
  const firsts = new Map<string, AcceptInput>();
  return inputs.map((input, index): CheckOutcome => {
    const outcome = earlier[index];
    if (outcome?.kind === 'duplicate' || outcome?.kind === 'reused')
      return { kind: outcome.kind, trackingId: outcome.trackingId };
    const first = firsts.get(input.eventId);
    if (first !== undefined)
      return { kind: first.fingerprint === input.fingerprint ? 'duplicate' : 'reused', trackingId: null };
    firsts.set(input.eventId, input);
    return { kind: 'accepted', trackingId: null };
  });
}
