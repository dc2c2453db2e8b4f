import { OPEN_FOR_MS } from '../breaker/breaker';
import { type ClaimedDelivery, type DeliveryIdentity } from '../claim/claim.types';
import { type SendError, type SendResult } from '../drain/drain.ports';
import { nextRetryDelayMs } from '../retry/retry-schedule';
import { type DeliveryError } from '../shared/delivery-status';
import { printable, printableOrNull } from '../shared/printable';
import { type Settlement } from './settle.types';
import {
  connectionWait,
  healthFor,
  SHORTEST_WAIT_MS,
  statedWaitMs,
  unspentWaitMs,
  verdictOf,
  type Verdict,
} from './verdicts';

const CONCURRENCY_WAIT_MS = 2_000;
const LONGEST_CONCURRENCY_WAIT_MS = 300_000;
const MAPPING_BUSY_WAIT_MS = 1_000;
const SHORTEST_LINK_WAIT_MS = 250;
/** Waiting uses up no attempt, so something else must end it: this long since the first claim that was given back, or since the connection went on. */
const LONGEST_DEFERRAL_MS = 24 * 3_600_000;

export interface Timing {
  readonly startedAt: Date;
  readonly durationMs: number;
}

interface Sent {
  readonly payloadText: string;
  readonly mapping: { readonly id: string; readonly version: number } | null;
}

/** @param probe it was the one call that an open breaker lets through. */
export function settleSent(
  delivery: ClaimedDelivery,
  sent: Sent,
  result: SendResult,
  timing: Timing,
  probe = false,
): Settlement {
  const common = {
    ...blank(delivery),
    filterDecided: true,
    mapping: sent.mapping,
    // Without a mapping the payload is the event's own: it is not stored twice.
    mappedPayload: sent.mapping === null ? null : sent.payloadText,
  };
  const attempt = {
    number: delivery.attemptNumber,
    ...timing,
    httpStatus: null,
    request: printableOrNull(result.exchange?.request),
    response: printableOrNull(result.exchange?.response),
    traceId: result.traceId,
  };
  if (result.ok) {
    return {
      ...common,
      status: 'succeeded',
      externalId: printableOrNull(result.externalId),
      written: writtenBy(delivery, sent, result, timing),
      attempt: { ...attempt, outcome: 'succeeded', category: null, code: null, message: null },
    };
  }
  const { category, code, message, httpStatus } = result.error;
  const mapAgain = result.mapAgain === true;
  const failure = mapAgain
    ? { status: waitingStatus(delivery), reason: null, unspent: true, delayMs: 0 }
    : afterFailure(delivery, result.error, probe && !outlastsOutages(delivery));
  return {
    ...common,
    ...failure,
    ...(mapAgain ? { mapAgain, mappedPayload: null } : {}),
    error: describeFailure(result.error),
    refused: !mapAgain && category === 'duplicate' ? refusedAs(delivery, sent, result.recordType ?? null) : null,
    attempt: {
      ...attempt,
      outcome: failure.unspent ? 'deferred' : 'failed',
      category: printable(category),
      code: printable(code),
      message: printable(message),
      httpStatus: httpStatus ?? null,
    },
  };
}

function writtenBy(
  delivery: ClaimedDelivery,
  { payloadText }: Sent,
  { externalId, record }: Extract<SendResult, { ok: true }>,
  { startedAt }: Timing,
): Settlement['written'] {
  if (record === undefined || externalId === null) return null;
  const version = printableOrNull(record.version);
  return { ...record, delivery, payloadText, externalId: printable(externalId), version, startedAt };
}

function refusedAs(
  delivery: ClaimedDelivery,
  { payloadText }: Sent,
  type: string | null,
): NonNullable<Settlement['refused']> {
  const retryDelayMs = nextRetryDelayMs(delivery.countedAttempts, delivery.retryDelaysSeconds, null);
  return { delivery, payloadText, type, retryDelayMs };
}

/**
 * The record that is in the way is, or may be, one that the hub itself has written: with what is known now, or will be,
 * the mapping makes a change of it.
 * @param delayMs null: no attempt is left.
 */
export function settleMapAgain(refusal: Settlement, delayMs: number | null): Settlement {
  if (delayMs === null) return { ...refusal, reason: 'retries_exhausted', refused: null };
  return { ...refusal, status: 'retrying', reason: null, delayMs, mappedPayload: null, mapAgain: true, refused: null };
}

/** A record that the mapping points at is not there yet. It may be on its way, so looking again costs no attempt. */
export function settleWaitingForLink(delivery: ClaimedDelivery, error: DeliveryError, timing: Timing): Settlement {
  if (delivery.deferredMs >= LONGEST_DEFERRAL_MS) return settleUnmapped(delivery, error, true, timing);
  return {
    ...blank(delivery),
    status: waitingStatus(delivery),
    reason: 'waiting_for_link',
    unspent: true,
    delayMs: linkWaitMs(delivery.deferredMs),
    error: { ...error, code: printable(error.code), message: printable(error.message) },
  };
}

/** From 0.25 s, doubling, to 30 s; after ten minutes up to five minutes. Whoever makes the link wakes the delivery anyway. */
export function linkWaitMs(deferredMs: number): number {
  if (deferredMs < 600_000) return Math.min(Math.max(deferredMs, SHORTEST_LINK_WAIT_MS), 30_000);
  return Math.min(deferredMs / 20, 300_000);
}

/** The mapping or the filter failed: nothing was sent. */
export function settleUnmapped(
  delivery: ClaimedDelivery,
  error: DeliveryError,
  transient: boolean,
  timing: Timing,
): Settlement {
  const waits = transient && delivery.deferredMs < LONGEST_DEFERRAL_MS;
  return {
    ...blank(delivery),
    status: waits ? waitingStatus(delivery) : 'dead',
    reason: waits ? null : transient ? 'deferred_too_long' : 'permanent_failure',
    unspent: waits,
    delayMs: waits ? MAPPING_BUSY_WAIT_MS : null,
    // There is no payload, but which version could make none of the event is what a person asks.
    mapping: waits ? null : mappingOf(delivery),
    error: { ...error, code: printable(error.code), message: printable(error.message) },
    attempt: waits
      ? null
      : {
          number: delivery.attemptNumber,
          ...timing,
          outcome: 'failed',
          category: error.category,
          code: printable(error.code),
          message: printable(error.message),
          httpStatus: null,
          request: null,
          response: null,
          traceId: null,
        },
  };
}

function mappingOf({ mappingId: id, mappingVersion: version }: ClaimedDelivery): Settlement['mapping'] {
  return id === null || version === null ? null : { id, version };
}

/** Given back untouched: the drain ends, the breaker has opened, or the slot's time is up. */
export function settleUnsent(delivery: ClaimedDelivery): Settlement {
  return { ...blank(delivery), status: waitingStatus(delivery), unspent: true };
}

export function settleFiltered(delivery: ClaimedDelivery): Settlement {
  return { ...blank(delivery), status: 'cancelled', reason: 'filtered', unspent: true, filterDecided: true };
}

/** Nothing to deliver, says the mapping: no failure, and the reason is kept. */
export function settleSkipped(delivery: ClaimedDelivery, error: DeliveryError): Settlement {
  return {
    ...settleFiltered(delivery),
    reason: 'skipped_by_mapping',
    error: { ...error, message: printable(error.message) },
  };
}

export function settleSuperseded(delivery: ClaimedDelivery): Settlement {
  return { ...blank(delivery), status: 'superseded', reason: 'superseded', unspent: true };
}

export function settlePoison({ id, trackingId, orderingKey }: DeliveryIdentity): Settlement {
  const error: DeliveryError = {
    category: 'validation',
    code: 'poison',
    message: 'The worker stopped each time this delivery was tried. It is set aside so that it cannot harm others.',
  };
  return { ...blank({ id, trackingId, orderingKey }), status: 'dead', reason: 'poison', error };
}

type FailureFields = Pick<Settlement, 'status' | 'reason' | 'unspent' | 'delayMs'>;

function afterFailure(delivery: ClaimedDelivery, error: SendError, probe: boolean): FailureFields {
  const verdict = verdictUnder(error, probe);
  if (verdict === 'dead') return { status: 'dead', reason: 'permanent_failure', unspent: false, delayMs: null };
  if (verdict === 'retry') {
    const delayMs = nextRetryDelayMs(delivery.countedAttempts, delivery.retryDelaysSeconds, statedWaitMs(error));
    if (delayMs === null) return { status: 'dead', reason: 'retries_exhausted', unspent: false, delayMs: null };
    return { status: 'retrying', reason: null, unspent: false, delayMs };
  }
  if (verdict !== 'reauth' && delivery.deferredMs > LONGEST_DEFERRAL_MS) {
    return { status: 'dead', reason: 'deferred_too_long', unspent: false, delayMs: null };
  }
  const statedMs = connectionWait(error)?.waitMs ?? unspentWaitMs(error, waitWithoutWord(error, probe));
  const delayMs = Math.max(statedMs, error.category === 'concurrency' ? patienceMs(delivery.deferredMs) : 0);
  return { status: waitingStatus(delivery), reason: null, unspent: true, delayMs };
}

/** An outage must not use up the attempts of the deliveries that probe it: what fails is the system, again. */
function verdictUnder(error: SendError, probe: boolean): Verdict {
  return probe && healthFor(error.category) === 'failure' ? 'wait' : verdictOf(error);
}

/** A schedule that is longer than any outage is waited for is the answer to one, and is kept to: that of webhooks is. */
function outlastsOutages({ retryDelaysSeconds: delays }: ClaimedDelivery): boolean {
  return (delays ?? []).reduce((sum, delay) => sum + delay, 0) * 1_000 > LONGEST_DEFERRAL_MS;
}

/** A tenth of the time that it has waited already: at the first pace it would be called 43,200 times in a day, each kept. */
function patienceMs(deferredMs: number): number {
  return Math.min(deferredMs / 10, LONGEST_CONCURRENCY_WAIT_MS);
}

function waitWithoutWord({ category }: SendError, probe: boolean): number {
  if (probe) return OPEN_FOR_MS;
  return category === 'concurrency' ? CONCURRENCY_WAIT_MS : SHORTEST_WAIT_MS;
}

function waitingStatus(delivery: ClaimedDelivery): 'pending' | 'retrying' {
  return delivery.countedAttempts > 1 ? 'retrying' : 'pending';
}

/** As it is stored, on the delivery and on its connection. */
export function describeFailure(error: SendError): DeliveryError {
  return {
    category: printable(error.category),
    code: printable(error.code),
    message: printable(error.message),
    ...(Array.isArray(error.fields) ? { fields: error.fields.map(printable) } : {}),
  };
}

function blank({ id, trackingId, orderingKey }: DeliveryIdentity): Settlement {
  return {
    deliveryId: id,
    trackingId,
    orderingKey,
    status: 'pending',
    reason: null,
    unspent: false,
    delayMs: null,
    externalId: null,
    error: null,
    filterDecided: false,
    mapping: null,
    mappedPayload: null,
    mapAgain: false,
    attempt: null,
    written: null,
    refused: null,
  };
}
