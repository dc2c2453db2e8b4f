import { type AcceptInput, type AcceptOutcome, type CheckOutcome } from '@hub/delivery';
import { problem, toPublicId, type InputFault, type Problem } from '@hub/platform';
import { isRefusal, refusalOf } from './refusal';

/** One event of a batch: what is to be stored, or why it cannot be. */
export interface BatchEntry {
  /** As far as it can be told, also of a bad one. */
  readonly eventId: string | null;
  readonly input: AcceptInput | null;
  readonly faults: readonly InputFault[];
}

export interface BatchResult {
  readonly index: number;
  readonly event_id: string | null;
  readonly tracking_id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'rejected';
  readonly error?: { readonly code: string; readonly detail: string; readonly errors: readonly InputFault[] };
}

/** What became of an event, or would. */
type BatchOutcome = AcceptOutcome | CheckOutcome;

/** @param outcomes of the entries that have an input, in order */
export function batchResults(entries: readonly BatchEntry[], outcomes: readonly BatchOutcome[]): BatchResult[] {
  const told = outcomes.values();
  return entries.map(({ eventId, input, faults }, index) => {
    if (input === null) {
      const error = { code: 'invalid_request', detail: 'The event has faults.', errors: faults };
      return { index, event_id: eventId, tracking_id: null, status: 'rejected', error };
    }
    const outcome = told.next().value ?? { kind: 'refused' };
    const known = outcome.kind === 'refused' ? null : outcome.trackingId;
    const trackingId = known === null ? null : toPublicId('event', known);
    if (!isRefusal(outcome)) return { index, event_id: input.eventId, tracking_id: trackingId, status: outcome.kind };
    const refusal = refusalOf(outcome, `/events/${index}`);
    return {
      index,
      event_id: input.eventId,
      tracking_id: trackingId,
      status: 'rejected',
      error: { code: refusal.code, detail: refusal.detail, errors: refusal.faults ?? [] },
    };
  });
}

export function atomicProblem(faults: readonly InputFault[]): Problem {
  return problem(
    'unprocessable',
    'batch_refused',
    'Nothing was kept: with atomic=true one fault refuses the whole batch.',
    { faults },
  );
}
