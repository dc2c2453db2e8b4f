import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { type SendResult } from '../drain/drain.ports';
import { accepted, refused, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';

describe('what drains tell', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  stageDeliveries((...made) => ([harness, database] = made));

  const told = async (): Promise<string[]> => {
    const rows = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query<{ type: string }>(`select type from hub_events order by id`),
    );
    return rows.map(({ type }) => type);
  };
  const failingSince = async (): Promise<Date | null> => {
    const [row] = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query<{ failing_since: Date | null }>(`select failing_since from connection_runtime`),
    );
    return row?.failing_since ?? null;
  };
  const accept = async (count: number): Promise<unknown> =>
    new AcceptBatch(database.accept).accept(Array.from({ length: count }, () => harness.event()));

  it('is each failed attempt that another one follows, and the last one', async () => {
    await harness.addRoute({ retryDelays: [60] });
    await accept(1);
    const drainer = harness.drainer(() => [refused('transient')]);
    await drainer.drain(harness.target);
    expect(await told()).toEqual(['delivery.retrying']);
    await harness.makeDue();
    await drainer.drain(harness.target);
    expect(await told()).toEqual(['delivery.retrying', 'delivery.dead']);
  });

  it('is nothing of a wait that uses up no attempt', async () => {
    await harness.addRoute();
    await accept(1);
    await harness.drainer(() => [refused('rate_limited')]).drain(harness.target);
    expect(await told()).toEqual([]);
  });

  it('is nothing of such a wait of what is to be tried again either', async () => {
    await harness.addRoute({ retryDelays: [60] });
    await accept(1);
    for (const category of ['transient', 'rate_limited']) {
      await harness.drainer(() => [refused(category)]).drain(harness.target);
      await harness.makeDue();
    }
    expect(await harness.deliveries()).toMatchObject([{ status: 'retrying', attempts: 1 }]);
    expect(await told()).toEqual(['delivery.retrying']);
  });

  it('is nothing of what is the hub’s own, whatever becomes of it', async () => {
    await harness.addRoute({ retryDelays: [60] });
    await accept(5);
    await database.asSuperuser(async (client) => {
      for (const table of ['connections', 'routes', 'events', 'deliveries'])
        await client.query(`update ${table} set internal = true where tenant_id = $1`, [harness.tenantId]);
    });
    const tenantDb = new TenantDb(database.app, { internal: true });
    let answer = refused('transient');
    const said = (): SendResult => {
      const now = answer;
      // One is refused for good, and the others arrive.
      if (!now.ok && now.error.category === 'validation') answer = accepted();
      return now;
    };
    const drainer = harness.drainer((items) => items.map(said), { concurrency: 1, tenantDb });
    const due = (): Promise<unknown> =>
      tenantDb.run(harness.tenantId, async (tx) => {
        await tx.query(`update deliveries set next_attempt_at = now() where status = 'retrying'`);
        await tx.query(`update connection_runtime set resume_at = null, resume_reason = null`);
      });
    await drainer.drain(harness.target);
    answer = refused('validation');
    await due();
    await drainer.drain(harness.target);
    const [statuses] = await tenantDb.run(harness.tenantId, (tx) =>
      tx.query<{ all: string[] }>(`select array_agg(distinct status order by status) as all from deliveries`),
    );
    expect(statuses?.all).toEqual(['dead', 'succeeded']);
    expect(await told()).toEqual([]);
  });

  it('is a breaker that opens, once however often it is probed, and that it has closed', async () => {
    await harness.addRoute({ retryDelays: [60, 60, 60, 60] });
    await accept(5);
    let answer = refused('transient');
    const drainer = harness.drainer((items) => items.map(() => answer), { concurrency: 1 });
    await drainer.drain(harness.target);
    const since = await failingSince();
    expect(since).not.toBeNull();
    await harness.makeDue();
    await drainer.drain(harness.target);
    expect((await told()).filter((type) => type.startsWith('breaker'))).toEqual(['breaker.opened']);
    expect(await failingSince()).toEqual(since);
    answer = accepted();
    await harness.makeDue();
    await drainer.drain(harness.target);
    expect((await told()).filter((type) => type.startsWith('breaker'))).toEqual(['breaker.opened', 'breaker.closed']);
    expect(await failingSince()).toBeNull();
  });
});
