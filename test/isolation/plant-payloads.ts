import { newUuid, parsePublicId } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { type Belongings } from './route-samples';

/** The text that is in payloads, and nowhere else. */
export const IN_PAYLOADS = 'victims-payload';

const PAYLOAD = JSON.stringify({ text: IN_PAYLOADS });
const CHANGES = JSON.stringify({ changes: [{ pointer: '/text', before: 'x', after: IN_PAYLOADS }], more: false });
const DIFFERENCE = { pointer: '/text', kind: 'changed', before: 'x', after: IN_PAYLOADS };
const DETAIL = {
  reason: null,
  base: { kind: 'failed', error: { code: 'mapping_runtime', message: IN_PAYLOADS } },
  draft: { kind: 'skipped', reason: IN_PAYLOADS },
  differenceCount: 1,
  differences: [DIFFERENCE],
  varying: [`/${IN_PAYLOADS}`],
  sentVersion: 1,
  sentDifferenceCount: 1,
  sentDifferences: [DIFFERENCE],
};

/** A payload in every place where the hub keeps one beside the event's own: no worker is there to put it there. */
export async function plantPayloads(database: TestDatabase, tenantId: string, of: Belongings): Promise<void> {
  const uuid = (id: string): string => parsePublicId(id)?.uuid ?? '';
  const delivery = uuid(of.delivery);
  const run = (sql: string, ...values: unknown[]): Promise<unknown> =>
    database.asSuperuser((client) => client.query(sql, [tenantId, ...values]));
  await run(`update deliveries set mapped_payload = $2 where tenant_id = $1 and id = $3`, PAYLOAD, delivery);
  for (const [owner, response] of [
    [delivery, PAYLOAD],
    [uuid(of.notice), JSON.stringify({ status: 500, body: IN_PAYLOADS })],
  ])
    await run(
      `insert into attempts (tenant_id, id, delivery_id, number, started_at, duration_ms, outcome, request, response)
       values ($1, $2, $3, 1, now(), 1, 'failed', $4, $5)`,
      newUuid(),
      owner,
      PAYLOAD,
      response,
    );
  await run(
    `update mapping_golden_cases set outcome = 'output', input = $2, output = $2, sealed = null, key_id = null where tenant_id = $1`,
    PAYLOAD,
  );
  await run(
    `insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id, outcome, was_sent, would_send, changes, changed)
     select tenant_id, $2, id, 1, tracking_id, connection_id, route_id, 'would_send', $4, $4, $5, true from deliveries where tenant_id = $1 and id = $3
     on conflict (tenant_id, replay_id, delivery_id) do nothing`,
    uuid(of.replay),
    delivery,
    PAYLOAD,
    CHANGES,
  );
  await run(
    `insert into mapping_backtest_items (tenant_id, backtest_id, number, tracking_id, event_id, event_type, connection_id, outcome, was_sent, detail)
     values ($1, $2, 1, $3, 'any', 'order.created', $4, 'changed', 'different', $5)`,
    uuid(of.backtest),
    uuid(of.event),
    uuid(of.connection),
    JSON.stringify(DETAIL),
  );
}
