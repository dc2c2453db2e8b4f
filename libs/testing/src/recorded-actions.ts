import { type HubDatabase } from './hub/hub-database';

/** What the audit log of a tenant says was done to something, in order; refusals as `action (refused)`. */
export async function recordedActions(
  database: Pick<HubDatabase, 'asSuperuser'>,
  target: string,
): Promise<readonly string[]> {
  const { rows } = await database.asSuperuser((client) =>
    client.query<{ action: string; outcome: string }>(
      `select action, outcome from audit_records where target = $1 order by tenant_id, seq`,
      [target],
    ),
  );
  return rows.map(({ action, outcome }) => (outcome === 'refused' ? `${action} (refused)` : action));
}
