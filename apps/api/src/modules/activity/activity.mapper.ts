import { type ConnectionStandingRow } from '@hub/connections';
import { percentileOf } from '@hub/delivery';
import { grouped, toPublicId } from '@hub/platform';
import { type SyncRow } from '@hub/sync';
import { toLimitResponse } from '../connections/connection.mapper';
import { toSyncResponse } from '../syncs/sync.mapper';
import { type Activity } from './activity.service';
import { type ActivityResponse } from './dto/activity.response';

type ConnectionActivity = ActivityResponse['connections'][number];
type Durations = ActivityResponse['hours'][number]['delivery'];

export function toActivityResponse(activity: Activity): ActivityResponse {
  const { to, hours, connections } = activity;
  const durations = new Map(activity.durations.map((entry) => [entry.hour.getTime(), entry]));
  const done = grouped(activity.done, ({ connectionId }) => connectionId);
  const pulled = grouped(activity.pulled, ({ connection_id: id }) => id);
  const syncs = grouped(activity.syncs, ({ connection_id: id }) => id);
  const limits = grouped(activity.limits, ({ connection_id: id }) => id);
  return {
    from: (hours[0] ?? to).toISOString(),
    to: to.toISOString(),
    hours: hours.map((hour) => {
      const entry = durations.get(hour.getTime());
      return {
        hour: hour.toISOString(),
        delivery: durationsOf(entry?.arrived ?? []),
        call: durationsOf(entry?.took ?? []),
      };
    }),
    connections: connections.map((row) => {
      const doneAt = new Map(done.get(row.id)?.map((hour) => [hour.hour.getTime(), hour]));
      const pulledAt = new Map(pulled.get(row.id)?.map(({ hour, events }) => [hour.getTime(), events]));
      return {
        connection_id: toPublicId('connection', row.id),
        hours: hours.map((hour) => {
          const at = hour.getTime();
          const { delivered = 0, failed = 0 } = doneAt.get(at) ?? {};
          return { hour: hour.toISOString(), delivered, failed, picked_up: pulledAt.get(at) ?? 0 };
        }),
        ...standingOf(row),
        freshness: freshnessOf(syncs.get(row.id) ?? []),
        limits: (limits.get(row.id) ?? []).map(toLimitResponse),
      };
    }),
  };
}

function durationsOf(counts: number[]): Durations {
  const [p50, p95] = [percentileOf(counts, 0.5), percentileOf(counts, 0.95)];
  if (p50 === null || p95 === null) return null;
  return { count: counts.reduce((sum, count) => sum + count, 0), p50_ms: p50, p95_ms: p95 };
}

function standingOf(
  row: ConnectionStandingRow,
): Omit<ConnectionActivity, 'connection_id' | 'hours' | 'freshness' | 'limits'> {
  return {
    last_success_at: row.last_success_at?.toISOString() ?? null,
    has_credentials: row.has_credentials,
    renews: row.renews,
    refresh_failures: row.refresh_failures,
    ends: endOf(row),
  };
}

/** What ends and needs a person: a token that the hub renews by itself does not, while renewing it works. */
function endOf(row: ConnectionStandingRow): ConnectionActivity['ends'] {
  const {
    has_credentials: has,
    renews,
    token_expires_at: token,
    refresh_expires_at: signIn,
    refresh_failures: failures,
  } = row;
  if (!has) return null;
  if (renews && failures > 0 && token !== null && (signIn === null || token < signIn))
    return { what: 'token', at: token.toISOString() };
  if (renews) return signIn === null ? null : { what: 'sign_in', at: signIn.toISOString() };
  return token === null ? null : { what: 'credentials', at: token.toISOString() };
}

/** That of the one that is furthest behind; those that are paused bring nothing on purpose. */
function freshnessOf(syncs: readonly SyncRow[]): ConnectionActivity['freshness'] {
  const [worst] = syncs
    .filter(({ status }) => status !== 'paused')
    .map((row) => ({ state: toSyncResponse(row).freshness.state, at: row.last_success_at }))
    .toSorted((a, b) => BADNESS[b.state] - BADNESS[a.state] || (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0));
  return worst === undefined ? null : { state: worst.state, as_of: worst.at?.toISOString() ?? null };
}

const BADNESS = { fresh: 0, never: 1, late: 2 } as const;
