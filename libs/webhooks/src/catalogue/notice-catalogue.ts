import { z } from 'zod';
import { toPublicId, type JsonObject } from '@hub/platform';
import {
  connectionNotice,
  DELIVERY_FAILURE,
  deliveryNotice,
  failureSchema,
  plainNotice,
  type NoticeKind,
} from './notice-kinds';

const breaker = {
  consecutive_failures: z.int(),
  error: failureSchema,
};
const breakerOf = ({ consecutive_failures: failures, error }: JsonObject): JsonObject => ({
  consecutive_failures: failures ?? 0,
  error: errorOf(error),
});
const syncOf = (data: JsonObject): JsonObject => ({ sync_id: toPublicId('sync', data['sync_id'] as string) });
const replay = {
  replay_id: z.string().describe('Ask `/v1/replays/{replay_id}` for all about it.'),
  action: z.enum(['replay', 'retry', 'cancel']),
  counts: z.record(z.string(), z.int()).describe('Its deliveries by what became of them.'),
};
const REPLAY = {
  replay_id: 'rpl_01k9g8xv7hf2p9w3c5q6r7s8t9',
  action: 'replay',
  counts: { succeeded: 411, failed: 1 },
};
const replayOf = ({ replay_id: id, action, counts }: JsonObject): JsonObject => ({
  replay_id: toPublicId('replay', id as string),
  action: action ?? 'replay',
  counts: counts ?? {},
});
const SYNC = { sync_id: 'syn_01k9g8xv7hf2p9w3c5q6r7s8t9' };

/**
 * Everything that endpoints can be told. That an event was accepted is not among it: whoever sent it has their answer, and
 * a notice for each would cost as much as the event itself. A further type on the bus is a further line here.
 */
export const NOTICE_KINDS: readonly NoticeKind[] = [
  deliveryNotice('delivery.succeeded', 'A record has arrived in the connected system.', { external_id: '147' }),
  deliveryNotice('delivery.retrying', 'An attempt failed; another one follows.', {
    attempts: 1,
    next_attempt_at: '2026-11-20T10:01:00.000Z',
    error: { category: 'transient', code: 'http_503', message: 'quickbooks.example answered with HTTP status 503' },
  }),
  deliveryNotice('delivery.dead', 'A delivery was given up: a person is needed.', {
    ...DELIVERY_FAILURE,
    reason: 'permanent_failure',
  }),
  deliveryNotice('delivery.cancelled', 'A person, a filter or a mapping said that it is not to be delivered.', {
    attempts: 0,
    reason: 'cancelled_by_user',
  }),
  deliveryNotice('delivery.superseded', 'Skipped: a newer event of the same record was delivered instead.', {
    attempts: 0,
    reason: 'superseded',
  }),
  deliveryNotice('delivery.retried', 'A person took a dead delivery up again.', { attempts: 0 }),
  deliveryNotice(
    'delivery.replayed',
    'A replay made it, in the place of one that had ended, or for a route that had missed its event.',
    { attempts: 0 },
  ),
  connectionNotice(
    'connection.connected',
    'A connection that waited for its credentials goes on.',
    { account: z.string().nullable(), status: z.string() },
    { account: 'Acme Ltd', status: 'active' },
    ({ account, status }) => ({ account: account ?? null, status: status ?? 'active' }),
  ),
  connectionNotice(
    'connection.needs_reauth',
    'A connection has to be signed in again; its deliveries wait.',
    { reason: z.string().nullable() },
    { reason: 'invalid_grant: the refresh token was revoked' },
    ({ reason }) => ({ reason: reason ?? null }),
  ),
  connectionNotice(
    'connection.schema_changed',
    'Objects or fields of the connected system are not what they were.',
    {
      object: z.string().nullable().describe('`null`: the list of objects itself.'),
      changes: z.array(z.record(z.string(), z.unknown())),
    },
    { object: 'Customer', changes: [{ kind: 'field_removed', name: 'Fax', before: true, after: false }] },
    ({ object, changes }) => ({ object: object ?? null, changes: changes ?? [] }),
  ),
  connectionNotice(
    'breaker.opened',
    'The connected system keeps failing: deliveries wait, and one probes every half minute.',
    breaker,
    { consecutive_failures: 5, error: { category: 'transient', code: 'http_503', message: 'answered with HTTP 503' } },
    breakerOf,
  ),
  connectionNotice(
    'breaker.closed',
    'The connected system answers again.',
    breaker,
    { consecutive_failures: 0, error: null },
    breakerOf,
  ),
  connectionNotice(
    'sync.failing',
    'A pull fails and a person is needed.',
    { sync_id: z.string(), error: failureSchema },
    { ...SYNC, error: { category: 'permission', code: 'INSUFFICIENT_ACCESS', message: 'No access to Account' } },
    (data) => ({ ...syncOf(data), error: errorOf(data['error']) }),
  ),
  connectionNotice('sync.recovered', 'A pull that failed works again.', { sync_id: z.string() }, SYNC, syncOf),
  plainNotice('replay.completed', 'Everything that a replay took up has ended.', replay, REPLAY, replayOf),
  plainNotice('replay.cancelled', 'A person has ended a replay.', replay, REPLAY, replayOf),
  plainNotice(
    'webhook_endpoint.disabled',
    'The hub has stopped calling an endpoint; others are told.',
    { endpoint_id: z.string(), url: z.string(), reason: z.enum(['failing', 'gone']) },
    { endpoint_id: 'whe_01k9g8xv7hf2p9w3c5q6r7s8t9', url: 'https://example.com/hooks', reason: 'failing' },
  ),
];

/** Sent to one endpoint when a person tries it, and to nobody else. */
export const TEST_NOTICE: NoticeKind = plainNotice(
  'webhook_endpoint.test',
  'A person tries the endpoint.',
  { endpoint_id: z.string() },
  { endpoint_id: 'whe_01k9g8xv7hf2p9w3c5q6r7s8t9' },
);

const BY_TYPE = new Map(NOTICE_KINDS.map((kind) => [kind.type, kind]));

/** Undefined for what endpoints are not told of. */
export function findNoticeKind(type: string): NoticeKind | undefined {
  return BY_TYPE.get(type);
}

function errorOf(error: JsonObject[string] | undefined): JsonObject | null {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return null;
  const { category, code, message } = error as { category: string; code: string; message: string };
  return { category, code, message };
}
