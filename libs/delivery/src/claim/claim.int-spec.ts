import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { accepted, createDeliveryHarness, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { claimDue, lookForDue, type DueLook } from './claim';
import { takeSlot, type Slot } from './slot';

const SENT = 80;

describe('a look for what is due', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  stageDeliveries(async (...made) => {
    [harness, database] = made;
    await harness.addRoute();
    await new AcceptBatch(database.accept).accept(Array.from({ length: SENT }, () => harness.event()));
  });

  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => harness.tenantDb.run(harness.tenantId, work);

  async function take(tx: TenantTx): Promise<{ slot: Slot; look: DueLook }> {
    const [token, { connectionId }] = [newUuid(), harness];
    const [slot, look] = await Promise.all([
      takeSlot(tx, connectionId, token, 'test'),
      lookForDue(tx, { connectionId, token }),
    ]);
    if (slot === null) throw new Error('the slot is taken');
    return { slot, look };
  }

  it('finds and locks nothing of a connection that another drains', async () => {
    await inTenant((tx) => take(tx));
    const { connectionId } = harness;
    const [slot, look] = await inTenant(async (tx) => {
      const token = newUuid();
      return Promise.all([takeSlot(tx, connectionId, token, 'late'), lookForDue(tx, { connectionId, token })]);
    });
    expect(slot).toBeNull();
    expect(look).toEqual([]);
  });

  it.each([
    ['less than it found', 5, 5, true],
    ['more than it asked for', 50, 50, true],
    ['more than there is', 100, SENT, false],
  ])('serves a claim of %s', async (_what, limit, claimed, more) => {
    const claim = await inTenant(async (tx) => {
      const { slot, look } = await take(tx);
      return claimDue(tx, slot, limit, look);
    });
    expect(claim.deliveries).toHaveLength(claimed);
    expect(claim.more).toBe(more);
    const all = await harness.deliveries();
    const first = all.slice(0, claimed).map(({ id }) => id);
    expect(claim.deliveries.map(({ id }) => id)).toEqual(first);
  });

  it('takes what has been due longest, though it was accepted last and more are due than it looks at', async () => {
    const last = (await harness.deliveries()).at(-1);
    const claimed = await inTenant(async (tx) => {
      await tx.query(`update deliveries set next_attempt_at = now() - interval '1 hour' where id = $1`, [last?.id]);
      const { slot, look } = await take(tx);
      return claimDue(tx, slot, 1, look);
    });
    expect(claimed.deliveries.map(({ id }) => id)).toEqual([last?.id]);
  });

  it('leaves a delivery whose event is out of sight as it is, and lets the others pass', async () => {
    const [first, second] = await harness.deliveries();
    await database.asSuperuser((client) => client.query(`delete from events where id = $1`, [first?.tracking_id]));
    const claimed = await inTenant(async (tx) => {
      const { slot } = await take(tx);
      const claims = [await claimDue(tx, slot, 1), await claimDue(tx, slot, 1)];
      return claims.map(({ deliveries, more }) => [more, ...deliveries.map(({ id }) => id)]);
    });
    expect(claimed).toEqual([[true], [true, second?.id]]);
    const [left] = await harness.deliveries();
    expect(left).toMatchObject({ id: first?.id, status: 'pending', attempts: 0, crashes: 0 });
  });

  it('ends a delivery whose event stays out of sight, and lets go what waits behind it', async () => {
    const accept = (subject: string): Promise<unknown> =>
      new AcceptBatch(database.accept).accept([harness.event({ subject })]);
    harness = await createDeliveryHarness(database);
    await harness.addRoute();
    for (let count = 0; count < 2; count++) await accept('one');
    const [first] = await harness.deliveries();
    await database.asSuperuser((client) => client.query(`delete from events where id = $1`, [first?.tracking_id]));
    const drain = async (): Promise<unknown> => {
      await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
      return (await harness.deliveries()).map(({ status, reason }) => [status, reason]);
    };
    expect(await drain()).toEqual([
      ['pending', null],
      ['held', 'order'],
    ]);
    const ago = (interval: string): Promise<unknown> =>
      inTenant((tx) =>
        tx.query(`update deliveries set next_attempt_at = now(), deferred_since = now() - $2::interval where id = $1`, [
          first?.id,
          interval,
        ]),
      );
    await ago('23 hours');
    expect(await drain()).toEqual([
      ['pending', null],
      ['held', 'order'],
    ]);
    await ago('25 hours');
    expect(await drain()).toEqual([
      ['dead', 'deferred_too_long'],
      ['succeeded', null],
    ]);
    const [ended] = await harness.deliveries();
    expect(ended).toMatchObject({ attempts: 0, last_error: { category: 'config', code: 'event_archived' } });
    const told = await inTenant((tx) =>
      tx.query(`select type from hub_events where tenant_id = $1 and delivery_id = $2`, [tx.tenantId, first?.id]),
    );
    expect(told).toEqual([{ type: 'delivery.dead' }]);
  });
});
