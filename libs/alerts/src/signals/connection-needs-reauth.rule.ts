import { type AlertRule, seen } from '../rules/rule.types';

interface Row extends Record<string, unknown> {
  id: string;
  name: string;
  code: string | null;
  since: Date;
}

export const connectionNeedsReauth: AlertRule = {
  id: 'connection_needs_reauth',
  title: 'Signed out',
  description: "The vendor no longer accepts a connection's credentials; its deliveries and syncs wait.",
  advice: 'Sign in again, or set new credentials. What waits is then delivered.',
  threshold: null,
  leastVolume: null,
  forSeconds: 0,
  repeatSeconds: 86_400,
  severity: 'critical',
  clearAfterSeconds: 0,
  async read(tx) {
    // One that has never had credentials is being set up, and its owner knows.
    const rows = await tx.query<Row>(
      `select id, name, auth_error ->> 'code' as code, updated_at as since from connections
       where tenant_id = $1 and status = 'needs_reauth' and deleted_at is null and credentials_sealed is not null`,
      [tx.tenantId],
      'signal_needs_reauth',
    );
    return seen(
      rows.map((row) => ({
        subject: row.id,
        connection: { id: row.id, name: row.name },
        title: `${row.name} is signed out`,
        causes: [{ what: row.code ?? 'credentials refused', since: row.since.toISOString() }],
        value: null,
      })),
    );
  },
};
