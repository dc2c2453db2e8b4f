import { toPublicId } from '@hub/platform';
import { type AlertRule, type Observation, seen } from '../rules/rule.types';

interface ConnectionRow extends Record<string, unknown> {
  id: string;
  name: string;
  ends_at: Date;
  what: string;
}

interface KeyRow extends Record<string, unknown> {
  id: string;
  name: string;
  expires_at: Date;
}

const DAY_MS = 86_400_000;

export const expiring: AlertRule = {
  id: 'expiring',
  title: 'About to expire',
  description: 'Sign-ins, tokens and client certificates of connections, and API keys, that end soon.',
  advice: 'Sign in again, set new credentials, or rotate the key before then.',
  threshold: { unit: 'days', default: 14, least: 1, most: 365, meaning: 'it ends within this many days' },
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 3 * 86_400,
  severity: 'warning',
  clearAfterSeconds: 0,
  async read(tx, { now, settings }) {
    // A token that the hub refreshes by itself ends every hour; what counts then is the grant behind it.
    const connections = await tx.query<ConnectionRow>(
      `select id, name, ends_at, what from (
         select id, name, case when refresh_due_at is null and refresh_expires_at is null then token_expires_at else refresh_expires_at end as ends_at,
                case when refresh_due_at is null and refresh_expires_at is null then 'credentials end' else 'sign-in ends' end as what
         from connections where tenant_id = $1 and deleted_at is null and status in ('active', 'paused')) c
       where ends_at < now() + $2::float8 * interval '1 day'`,
      [tx.tenantId, settings.threshold],
      'signal_expiring_connections',
    );
    // One that ended a week ago is missed by nobody any more.
    const keys = await tx.query<KeyRow>(
      `select id, name, expires_at from api_keys
       where tenant_id = $1 and revoked_at is null and expires_at < now() + $2::float8 * interval '1 day' and expires_at > now() - interval '7 days'`,
      [tx.tenantId, settings.threshold],
      'signal_expiring_keys',
    );
    const days = (end: Date): number => Math.floor((end.getTime() - now.getTime()) / DAY_MS);
    return seen([
      ...connections.map((row): Observation => ({
        subject: row.id,
        connection: { id: row.id, name: row.name },
        title: `${row.name}: ${row.what} ${inDays(days(row.ends_at))}`,
        causes: [{ what: row.what, since: row.ends_at.toISOString() }],
        value: days(row.ends_at),
      })),
      ...keys.map((row): Observation => ({
        subject: toPublicId('apiKey', row.id),
        connection: null,
        title: `API key "${row.name}" ends ${inDays(days(row.expires_at))}`,
        causes: [{ what: `${toPublicId('apiKey', row.id)} ends`, since: row.expires_at.toISOString() }],
        value: days(row.expires_at),
      })),
    ]);
  },
};

function inDays(days: number): string {
  if (days < 0) return 'now';
  if (days === 0) return 'within a day';
  return days === 1 ? 'in a day' : `in ${days} days`;
}
