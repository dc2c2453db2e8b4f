import { type AcceptOutcome } from '@hub/delivery';
import { problem, toPublicId, type InputFault, type Problem } from '@hub/platform';

export type Refusal = Extract<AcceptOutcome, { kind: 'reused' | 'refused' }>;

const UNSTORABLE = { code: 'unstorable_event', message: 'The database cannot hold this event as it is.' };

/** @param pointer to the event in the request */
export function refusalOf(outcome: Refusal, pointer = ''): Problem {
  const faults = refusalFaults(outcome, pointer);
  if (outcome.kind === 'refused') return problem('unprocessable', UNSTORABLE.code, UNSTORABLE.message, { faults });
  const first = toPublicId('event', outcome.trackingId);
  return problem('unprocessable', 'event_id_reused', `This event_id was used before with other content, as ${first}.`, {
    faults,
    extra: { tracking_id: first },
  });
}

export function refusalFaults(outcome: Refusal, pointer: string): InputFault[] {
  if (outcome.kind === 'refused') return [{ pointer, ...UNSTORABLE }];
  const first = toPublicId('event', outcome.trackingId);
  return [{ pointer: `${pointer}/event_id`, code: 'event_id_reused', message: `First used by ${first}.` }];
}
