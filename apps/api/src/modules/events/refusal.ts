import { type AcceptOutcome, type CheckOutcome } from '@hub/delivery';
import { problem, toPublicId, type InputFault, type Problem } from '@hub/platform';

export type Refusal = Extract<AcceptOutcome | CheckOutcome, { kind: 'reused' | 'refused' }>;

export function isRefusal(outcome: AcceptOutcome | CheckOutcome): outcome is Refusal {
  return outcome.kind === 'reused' || outcome.kind === 'refused';
}

const UNSTORABLE = { code: 'unstorable_event', message: 'The database cannot hold this event as it is.' };

/** @param pointer to the event in the request */
export function refusalOf(outcome: Refusal, pointer = ''): Problem {
  const faults = refusalFaults(outcome, pointer);
  if (outcome.kind === 'refused') return problem('unprocessable', UNSTORABLE.code, UNSTORABLE.message, { faults });
  const first = firstOf(outcome.trackingId);
  return problem(
    'unprocessable',
    'event_id_reused',
    `This event_id was used before with other content, ${first.where}.`,
    {
      faults,
      ...(first.id === null ? {} : { extra: { tracking_id: first.id } }),
    },
  );
}

function refusalFaults(outcome: Refusal, pointer: string): InputFault[] {
  if (outcome.kind === 'refused') return [{ pointer, ...UNSTORABLE }];
  const { where } = firstOf(outcome.trackingId);
  return [{ pointer: `${pointer}/event_id`, code: 'event_id_reused', message: `First used ${where}.` }];
}

function firstOf(trackingId: string | null): { readonly id: string | null; readonly where: string } {
  if (trackingId === null) return { id: null, where: 'in this batch' };
  const id = toPublicId('event', trackingId);
  return { id, where: `as ${id}` };
}
