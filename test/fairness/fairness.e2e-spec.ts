import { waitUntil } from '@hub/testing';
import { faultRow } from '../faults/fault-row';
import { settledDeliveries } from '../faults/invariants';
import { shortOrLong } from '../support/form';
import { accept, addRoute, connectSink, stageHub, type StagedHub, type StagedTenant } from '../support/staged-hub';

const BACKLOG = shortOrLong(5_000, 50_000);
const BATCH = 1_000;
const EVENTS = 50;
/** As long as a call may take: none of the hanging ones is given up before the others have arrived. */
const HANGS_MS = 120_000;

describe('a neighbour whose endpoint hangs', () => {
  let hub: StagedHub;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
  }, 120_000);
  afterAll(() => hub?.stop());

  async function sender(
    config: Readonly<Record<string, unknown>> = {},
  ): Promise<{ tenant: StagedTenant; sink: string }> {
    const tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    const { id, sink } = await connectSink(hub, tenant, config);
    await addRoute(tenant, { event_type: 'order.*', connection_id: id });
    return { tenant, sink };
  }

  faultRow(
    `${BACKLOG.toLocaleString('en')} deliveries queued for it`,
    `${EVENTS} of another tenant arrive while its first calls are still unanswered`,
    async () => {
      const [noisy, quiet] = [await sender({ timeout_ms: HANGS_MS }), await sender()];
      await hub.sandbox.behave(noisy.sink, [{ kind: 'hang' }]);
      for (let from = 0; from < BACKLOG; from += BATCH) {
        const events = Array.from({ length: BATCH }, (_unused, n) => ({
          event_id: `backlog-${from + n}`,
          type: 'order.created',
          data: { n: from + n },
        }));
        await noisy.tenant.client.demand('POST', '/v1/events/batch', { events });
      }
      const called = async (): Promise<number> => (await hub.sandbox.sink(noisy.sink, 1)).total;
      await waitUntil('its endpoint to be called', async () => (await called()) > 0);
      for (let n = 0; n < EVENTS; n++) await accept(quiet.tenant.client, { type: 'order.created' });
      expect(await settledDeliveries(hub.database, quiet.tenant.uuid, HANGS_MS)).toEqual({ succeeded: EVENTS });
      expect((await hub.sandbox.sink(quiet.sink, 1)).accepted_distinct_keys).toBe(EVENTS);
      // Not one call of the neighbour had come to an end by then: nothing that arrived can have waited for one.
      const { rows } = await hub.database.asSuperuser((client) =>
        client.query<{ open: number; ended: number }>(
          `select (select count(*)::int from deliveries where tenant_id = $1 and status in ('pending', 'delivering')) as open,
                  (select count(*)::int from attempts where tenant_id = $1) as ended`,
          [noisy.tenant.uuid],
        ),
      );
      expect(rows).toEqual([{ open: BACKLOG, ended: 0 }]);
    },
  );
});
