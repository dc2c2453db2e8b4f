import { toPublicId } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { matchesEventType } from '../routes/event-type-pattern';
import { listAttempts, listDeliveriesOfEvent, type AttemptRow, type DeliveryRow } from './deliveries.repository';
import { type EventRow } from './events.repository';

export const TIMELINE_KINDS = [
  'accepted',
  'route_matched',
  'route_not_matched',
  'mapped',
  'replayed',
  'attempt_succeeded',
  'attempt_failed',
  'attempt_deferred',
  'attempt_crashed',
  // Nothing that happened: earlier attempts than those that follow are not listed.
  'attempts_left_out',
  'waiting',
  'settled',
  'changed_by_user',
] as const;

/** One thing that happened to an event, in words that a support person understands. */
export interface TimelineEntry {
  readonly at: Date;
  readonly kind: (typeof TIMELINE_KINDS)[number];
  readonly message: string;
  readonly deliveryId: string | null;
  readonly routeId: string | null;
  readonly connectionId: string | null;
}

interface RouteFacts {
  id: string;
  name: string;
  event_type: string;
  filter: string | null;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

/** Everything that happened to one event and why, in order. */
export async function eventTimeline(tx: TenantTx, event: EventRow): Promise<TimelineEntry[]> {
  const deliveries = await listDeliveriesOfEvent(tx, event.id);
  const attempts =
    deliveries.length === 0
      ? []
      : await listAttempts(
          tx,
          deliveries.map((delivery) => delivery.id),
        );
  const routes = await tx.query<RouteFacts & Record<string, unknown>>(
    `select id, name, event_type, filter, enabled, created_at, updated_at, deleted_at from routes where tenant_id = $1 order by id`,
    [tx.tenantId],
  );
  const told = await tx.query<{ type: string; delivery_id: string; created_at: Date }>(
    `select type, delivery_id, created_at from hub_events
     where tenant_id = $1 and tracking_id = $2 and type = any($3::text[]) order by id`,
    [tx.tenantId, event.id, ['delivery.retried', 'delivery.cancelled', 'delivery.replayed']],
  );
  const replayed = new Set(told.filter((fact) => fact.type === 'delivery.replayed').map((fact) => fact.delivery_id));
  const entries: TimelineEntry[] = [await acceptedEntry(tx, event)];
  entries.push(...routes.flatMap((route) => routeEntry(route, event, deliveries, replayed)));
  for (const delivery of deliveries)
    entries.push(
      ...deliveryEntries(
        delivery,
        attempts.filter((attempt) => attempt.delivery_id === delivery.id),
      ),
    );
  for (const fact of told) {
    const delivery = deliveries.find((candidate) => candidate.id === fact.delivery_id) ?? null;
    const done = fact.type === 'delivery.retried' ? 'was taken up again' : 'was cancelled';
    if (fact.type === 'delivery.retried' || delivery?.reason === 'cancelled_by_user') {
      entries.push(
        entry(
          fact.created_at,
          'changed_by_user',
          `The delivery to "${delivery?.connection_name ?? '?'}" ${done} by a user.`,
          delivery,
        ),
      );
    }
  }
  return entries
    .map((item, index) => ({ item, index }))
    .sort((left, right) => left.item.at.getTime() - right.item.at.getTime() || left.index - right.index)
    .map(({ item }) => item);
}

async function acceptedEntry(tx: TenantTx, event: EventRow): Promise<TimelineEntry> {
  const [key] = await tx.query<{ name: string; prefix: string }>(
    `select name, prefix from api_keys where tenant_id = $1 and id = $2`,
    [tx.tenantId, event.api_key_id],
  );
  const who = key === undefined ? '' : ` with the key "${key.name}" (${key.prefix}…)`;
  return entry(event.received_at, 'accepted', `Accepted${who} as ${event.type}, event id ${event.event_id}.`, null);
}

function routeEntry(
  route: RouteFacts,
  event: EventRow,
  deliveries: readonly DeliveryRow[],
  replayed: ReadonlySet<string>,
): TimelineEntry[] {
  const delivery = deliveries.find((candidate) => candidate.route_id === route.id);
  const place = { deliveryId: delivery?.id ?? null, routeId: route.id, connectionId: delivery?.connection_id ?? null };
  if (delivery !== undefined && delivery.replay_of === null && replayed.has(delivery.id)) {
    const job = delivery.replay_id === null ? 'A replay' : toPublicId('replay', delivery.replay_id);
    const words = `Route "${route.name}" had not taken it. ${job} had it taken later: a delivery to "${delivery.connection_name}" was made (${delivery.operation}).`;
    return [{ at: delivery.created_at, kind: 'route_matched', message: words, ...place }];
  }
  if (delivery !== undefined) {
    const words = `Route "${route.name}" (${route.event_type}) matched: a delivery to "${delivery.connection_name}" was made (${delivery.operation}).`;
    return [{ at: event.received_at, kind: 'route_matched', message: words, ...place }];
  }
  const why = reasonNotMatched(route, event);
  return why === null
    ? []
    : [
        {
          at: event.received_at,
          kind: 'route_not_matched',
          message: `Route "${route.name}" did not match: ${why}`,
          ...place,
        },
      ];
}

/** Routes that were made later, or were gone before, are no news about this event. */
function reasonNotMatched(route: RouteFacts, event: EventRow): string | null {
  if (route.created_at > event.received_at) return null;
  if (route.deleted_at !== null && route.deleted_at < event.received_at) return null;
  // How it reads today is no reason for what it did then.
  if (route.updated_at > event.received_at)
    return 'it was changed or deleted after the event came; what it said then is not kept.';
  if (!matchesEventType(route.event_type, event.type))
    return `its event type ${route.event_type} does not cover ${event.type}.`;
  if (!route.enabled) return 'it is disabled.';
  if (route.filter !== null) return `its filter said no: ${route.filter}.`;
  return 'it was not in force when the event came.';
}

function deliveryEntries(delivery: DeliveryRow, attempts: readonly AttemptRow[]): TimelineEntry[] {
  const entries = attempts.map((attempt) => attemptEntry(delivery, attempt));
  const [oldest] = attempts;
  if (oldest !== undefined && oldest.made > attempts.length) entries.unshift(leftOutEntry(delivery, attempts, oldest));
  // The version that is kept is the last attempt's: another may have been used before.
  const last = attempts.at(-1);
  if (delivery.mapping_id !== null && delivery.mapped && last !== undefined) {
    const words = `Mapped with version ${delivery.mapping_version} of the mapping.`;
    entries.splice(-1, 0, entry(last.started_at, 'mapped', words, delivery));
  }
  if (delivery.replay_of !== null) entries.unshift(replayedEntry(delivery));
  const closing = closingWords(delivery);
  if (closing !== null)
    entries.push(
      entry(delivery.settled_at ?? new Date(), delivery.settled_at === null ? 'waiting' : 'settled', closing, delivery),
    );
  return entries;
}

function replayedEntry(delivery: DeliveryRow): TimelineEntry {
  const job = delivery.replay_id === null ? '' : ` by ${toPublicId('replay', delivery.replay_id)}`;
  const before = toPublicId('delivery', delivery.replay_of ?? delivery.id);
  const words = `Replayed${job}: a new delivery to "${delivery.connection_name}" repeats ${before} under the same key.`;
  return entry(delivery.created_at, 'replayed', words, delivery);
}

function leftOutEntry(delivery: DeliveryRow, shown: readonly AttemptRow[], oldest: AttemptRow): TimelineEntry {
  const words = `${oldest.made} attempts were made to "${delivery.connection_name}": the newest ${shown.length} are listed.`;
  return entry(oldest.started_at, 'attempts_left_out', words, delivery);
}

function attemptEntry(delivery: DeliveryRow, attempt: AttemptRow): TimelineEntry {
  const name = `Attempt ${attempt.number} to "${delivery.connection_name}"`;
  const answer = attempt.http_status === null ? '' : ` (HTTP ${attempt.http_status})`;
  const words = {
    succeeded: `${name} succeeded in ${attempt.duration_ms} ms.`,
    failed: `${name} failed${answer}: ${attempt.code} — ${attempt.message} [${attempt.category}]`,
    deferred: `${name} was put off${answer} and does not count: ${attempt.code} — ${attempt.message}`,
    crashed: `${name} ended without a result: ${attempt.message}`,
  }[attempt.outcome];
  return entry(attempt.started_at, `attempt_${attempt.outcome}`, words, delivery);
}

const HOLD_WORDS: Readonly<Record<string, string>> = {
  order: 'an earlier delivery of the same record is still open',
  connection_paused: 'the connection is paused',
  connection_needs_reauth: 'the connection has to be signed in again',
  connection_disabled: 'the connection is disabled',
  breaker_open: 'the system behind the connection keeps failing; it is tried again shortly',
  rate_limited: 'the system behind the connection asked us to slow down',
  misconfigured: 'the connection cannot be used until a setting is corrected; its health says which',
};

const END_WORDS: Readonly<Record<string, string>> = {
  filtered: 'Not delivered: the route’s filter said no.',
  cancelled_by_user: 'Cancelled by a user.',
  retries_exhausted: 'Given up after the last attempt. It can be retried once the cause is mended.',
  permanent_failure: 'Given up: trying again would not help until somebody mends the cause.',
  poison: 'Set aside: the worker stopped each time this delivery was tried.',
  deferred_too_long: 'Given up: it had to wait for longer than the hub waits.',
  replay_cancelled: 'Taken back: the replay that made it was cancelled.',
  superseded: 'Skipped: a newer event of the same record was delivered instead.',
};

function closingWords(delivery: DeliveryRow): string | null {
  switch (delivery.status) {
    case 'succeeded':
      return delivery.external_id === null ? 'Delivered.' : `Delivered; the record there is ${delivery.external_id}.`;
    case 'held':
      return `Held: ${HOLD_WORDS[delivery.reason ?? ''] ?? delivery.reason}.`;
    case 'retrying':
      if (delivery.reason === 'waiting_for_link') return waitingWords(delivery);
      return `Will be tried again at ${utcTime(delivery.next_attempt_at)}.`;
    case 'dead':
    case 'cancelled':
    case 'superseded':
      if (delivery.reason === 'skipped_by_mapping')
        return `Not delivered: the mapping says that there is nothing to deliver. ${delivery.last_error?.message ?? ''}`.trim();
      return endWords(delivery);
    case 'pending':
      return delivery.reason === 'waiting_for_link' ? waitingWords(delivery) : null;
    case 'delivering':
      return null;
  }
}

function endWords({ reason, last_error: error }: DeliveryRow): string | null {
  const words = END_WORDS[reason ?? ''] ?? null;
  return words !== null && reason === 'deferred_too_long' && error !== null ? `${words} ${error.message}` : words;
}

function waitingWords(delivery: DeliveryRow): string {
  const why = delivery.last_error?.message ?? 'A record that it points at is not in the other system yet.';
  return `Waiting for a link: ${why} It goes on as soon as that is known; it looks again at ${utcTime(delivery.next_attempt_at)}.`;
}

function entry(at: Date, kind: TimelineEntry['kind'], message: string, delivery: DeliveryRow | null): TimelineEntry {
  return {
    at,
    kind,
    message,
    deliveryId: delivery?.id ?? null,
    routeId: delivery?.route_id ?? null,
    connectionId: delivery?.connection_id ?? null,
  };
}

/** For a sentence, which everybody reads in the same zone. */
function utcTime(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
