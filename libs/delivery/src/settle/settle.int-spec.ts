import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { waitUntilWaitedFor, type TestDatabase } from '@hub/testing';
import { type AcceptBatch } from '../accept/accept-batch';
import { claimDue } from '../claim/claim';
import { type ClaimedDelivery } from '../claim/claim.types';
import { takeSlot, type Slot } from '../claim/slot';
import { retryDelivery } from '../read/deliveries.repository';
import { addConnection, refused, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { settle } from './settle';
import { settleSent, settleUnsent } from './settlement-policy';
import { type Settlement } from './settle.types';

const timing = { startedAt: new Date(), durationMs: 1 };

describe('settle', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries((...made) => ([harness, database, batch] = made));

  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => harness.tenantDb.run(harness.tenantId, work);

  async function claimAll(connectionId: string): Promise<{ slot: Slot; claimed: readonly ClaimedDelivery[] }> {
    return inTenant(async (tx) => {
      const slot = await takeSlot(tx, connectionId, newUuid(), 'test');
      if (slot === null) throw new Error('the slot is taken');
      const { deliveries } = await claimDue(tx, slot, 100);
      return { slot, claimed: deliveries };
    });
  }

  const succeeded = (delivery: ClaimedDelivery): Settlement =>
    settleSent(
      delivery,
      { payloadText: '{}', mapping: null },
      { ok: true, externalId: null, exchange: null, traceId: null },
      timing,
    );

  it('locks events in the order of their ids, whatever the order of the outcomes', async () => {
    await harness.addRoute();
    const other = newUuid();
    await addConnection(harness.tenantDb, harness.tenantId, other);
    await harness.addRoute({ connectionId: other });
    // They lie in the table against their order.
    const trackingIds = Array.from({ length: 40 }, () => newUuid()).sort();
    await batch.accept([...trackingIds].reverse().map((trackingId) => harness.event({ trackingId })));
    const first = await claimAll(harness.connectionId);
    const second = await claimAll(other);
    const settleAll = ({ slot, claimed }: Awaited<ReturnType<typeof claimAll>>): Promise<unknown> =>
      inTenant(async (tx) => {
        // Else the plan sorts for another reason, too.
        await tx.query('set local enable_sort = off');
        return settle(tx, slot, claimed.map(succeeded).reverse(), 'test');
      });
    // Somebody holds the first event. Who goes in order waits there, and has locked none of the others.
    await database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(`select 1 from events where id = $1 for update`, [trackingIds[0]]);
      const settling = settleAll(first);
      await waitUntilWaitedFor(client);
      const free = await client.query<{ id: string }>(
        `select id from events where id = any($1) for update skip locked`,
        [trackingIds],
      );
      expect(free.rows.map((row) => row.id).sort()).toEqual(trackingIds);
      await client.query('rollback');
      await settling;
    });
    await settleAll(second);
    const books = await inTenant((tx) =>
      tx.query(`select status, deliveries_open, deliveries_succeeded, count(*)::int as n from events group by 1, 2, 3`),
    );
    expect(books).toEqual([{ status: 'succeeded', deliveries_open: 0, deliveries_succeeded: 2, n: 40 }]);
  });

  it('remembers since when a delivery is put off, until it has had an attempt', async () => {
    await harness.addRoute();
    await batch.accept([harness.event()]);
    const deferredSince = async (): Promise<Date | null> => {
      const [row] = await inTenant((tx) =>
        tx.query<{ since: Date | null }>(`select deferred_since as since from deliveries`),
      );
      return row?.since ?? null;
    };
    const settleOnce = async (outcome: (delivery: ClaimedDelivery) => Settlement): Promise<ClaimedDelivery> => {
      await harness.makeDue();
      const { slot, claimed } = await claimAll(harness.connectionId);
      const [delivery] = claimed;
      if (delivery === undefined) throw new Error('nothing was due');
      await inTenant((tx) => settle(tx, slot, [outcome(delivery)], 'test'));
      await inTenant((tx) => tx.query(`update connection_runtime set slot_token = null`));
      return delivery;
    };
    const answered =
      (category: string) =>
      (delivery: ClaimedDelivery): Settlement =>
        settleSent(delivery, { payloadText: '{}', mapping: null }, refused(category), timing);

    expect((await settleOnce(settleUnsent)).deferredMs).toBe(0);
    const since = await deferredSince();
    expect(since).not.toBeNull();
    await inTenant((tx) => tx.query(`update deliveries set created_at = now() - interval '3 days'`));
    const limited = await settleOnce(answered('rate_limited'));
    expect(limited.deferredMs).toBeGreaterThan(0);
    expect(limited.deferredMs).toBeLessThan(60_000);
    expect(await deferredSince()).toEqual(since);
    await settleOnce(answered('transient'));
    expect(await deferredSince()).toBeNull();

    await settleOnce(settleUnsent);
    await inTenant((tx) => tx.query(`update deliveries set deferred_since = now() - interval '25 hours'`));
    await settleOnce(answered('rate_limited'));
    expect(await harness.deliveries()).toMatchObject([{ status: 'dead', reason: 'deferred_too_long' }]);

    // What a person takes up again has its whole time.
    await inTenant((tx) => tx.query(`update deliveries set deferred_since = now() - interval '25 hours'`));
    const [dead] = await harness.deliveries();
    await inTenant((tx) => retryDelivery(tx, dead?.id ?? ''));
    expect(await deferredSince()).toBeNull();
  });

  it('keeps of what is given back what is known: its payload, its error, and that the filter lets it through', async () => {
    await harness.addRoute({ filter: 'n < 9' });
    await batch.accept([harness.event()]);
    const { slot, claimed } = await claimAll(harness.connectionId);
    const mapping = { id: newUuid(), version: 3 };
    const limited = claimed.map((delivery) =>
      settleSent(delivery, { payloadText: '{"as":"mapped"}', mapping }, refused('rate_limited'), timing),
    );
    const settleAndClaim = async (settlements: Settlement[]): Promise<readonly ClaimedDelivery[]> => {
      await inTenant((tx) => settle(tx, slot, settlements, 'test'));
      await harness.makeDue();
      return (await inTenant((tx) => claimDue(tx, slot, 1))).deliveries;
    };
    const known = {
      attemptNumber: 1,
      mayHaveBeenSent: true,
      filterPending: false,
      mappingId: mapping.id,
      mappingVersion: mapping.version,
      mappedPayload: '{"as":"mapped"}',
    };
    expect(claimed).toMatchObject([{ attemptNumber: 1, mayHaveBeenSent: false, filterPending: true }]);
    const again = await settleAndClaim(limited);
    expect(again).toMatchObject([known]);
    expect(await settleAndClaim(again.map(settleUnsent))).toMatchObject([known]);
  });

  it('writes nothing of what another has claimed meanwhile', async () => {
    await harness.addRoute();
    await batch.accept([harness.event(), harness.event()]);
    const { slot, claimed } = await claimAll(harness.connectionId);
    const [own, lost] = claimed;
    await inTenant((tx) => tx.query(`update deliveries set lease_token = uuid_v7() where id = $1`, [lost?.id]));
    const settled = await inTenant((tx) => settle(tx, slot, claimed.map(succeeded), 'test'));
    expect([...settled.ids]).toEqual([own?.id]);
    expect((await harness.deliveries()).map(({ status }) => status)).toEqual(['succeeded', 'delivering']);
    expect(await inTenant((tx) => tx.query(`select delivery_id from attempts`))).toEqual([{ delivery_id: own?.id }]);
  });

  it.each([3, 40])('lets the next of each of %d keys go with the end of the one before it', async (keys) => {
    await harness.addRoute();
    const subjects = Array.from({ length: keys }, (_none, n) => `record/${n}`);
    await batch.accept([...subjects, ...subjects].map((subject) => harness.event({ subject })));
    const { slot, claimed } = await claimAll(harness.connectionId);
    expect(claimed).toHaveLength(keys);
    const settled = await inTenant((tx) => settle(tx, slot, claimed.map(succeeded), 'test'));
    expect(settled.released).toBe(true);
    const deliveries = await harness.deliveries();
    expect(deliveries.map(({ reason }) => reason)).toEqual(new Array(2 * keys).fill(null));
    const statuses = deliveries.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([
      ...new Array<string>(keys).fill('pending'),
      ...new Array<string>(keys).fill('succeeded'),
    ]);
  });

  it('keeps with each attempt what was sent and answered, of one call for all of them or of a call for each', async () => {
    await harness.addRoute();
    const answered = (delivery: ClaimedDelivery, request: string, response: string | null): Settlement =>
      settleSent(
        delivery,
        { payloadText: '{}', mapping: null },
        { ok: true, externalId: null, exchange: { request, response }, traceId: null },
        timing,
      );
    const kept = async (outcome: (delivery: ClaimedDelivery, index: number) => Settlement): Promise<unknown> => {
      await batch.accept([harness.event({}), harness.event({}), harness.event({})]);
      const { slot, claimed } = await claimAll(harness.connectionId);
      return inTenant(async (tx) => {
        await settle(tx, slot, claimed.map(outcome), 'test');
        await tx.query(`update connection_runtime set slot_token = null`);
        const rows = await tx.query<{ id: string; told: string }>(
          `select delivery_id as id, concat_ws(' ', request, response) as told from attempts`,
        );
        return claimed.map(({ id }) => rows.find((row) => row.id === id)?.told);
      });
    };
    expect(await kept((delivery) => answered(delivery, 'job', 'done'))).toEqual(['job done', 'job done', 'job done']);
    expect(await kept((delivery, index) => answered(delivery, `call ${index}`, index === 1 ? null : 'ok'))).toEqual([
      'call 0 ok',
      'call 1',
      'call 2 ok',
    ]);
    expect(await kept((delivery, index) => answered(delivery, 'same', `ok ${index}`))).toEqual([
      'same ok 0',
      'same ok 1',
      'same ok 2',
    ]);
    expect(
      await kept((delivery, index) => (index === 0 ? succeeded(delivery) : answered(delivery, 'job', 'done'))),
    ).toEqual(['', 'job done', 'job done']);
  });
});
