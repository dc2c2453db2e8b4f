import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { type AcceptBatch } from '../accept/accept-batch';
import { accepted, createDeliveryHarness, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { currentTailEdge, findChangedDeliveries, findChangedEvents, type ChangedRow } from './changed-rows';
import { type TailEdge } from './tail-position';

let database: TestDatabase;
let harness: DeliveryHarness;
let batch: AcceptBatch;
stageDeliveries((...made) => ([harness, database, batch] = made));

const inTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => harness.tenantDb.run(harness.tenantId, work);

/** Follows from one edge to the next, as a stream does. */
class Follower {
  readonly accepted: string[] = [];
  readonly changed: string[] = [];
  readonly deliveries: string[] = [];

  private constructor(private at: TailEdge) {}

  static async start(): Promise<Follower> {
    return new Follower(await inTenant(currentTailEdge));
  }

  async look(): Promise<void> {
    const seen = await inTenant(currentTailEdge);
    if (seen.tx <= this.at.tx) return;
    const stretch = { from: this.at, to: seen, after: null, limit: 1_000 };
    const [events, deliveries] = await inTenant(async (tx): Promise<[ChangedRow[], ChangedRow[]]> => [
      await findChangedEvents(tx, stretch),
      await findChangedDeliveries(tx, stretch),
    ]);
    for (const row of events) (row.accepted ? this.accepted : this.changed).push(row.id);
    this.deliveries.push(...deliveries.map(({ id }) => id));
    this.at = seen;
  }

  /** Other tests' transactions on the same server hold the edge back as well. */
  until(what: string, is: (follower: this) => boolean): Promise<unknown> {
    return waitUntil(what, async () => {
      await this.look();
      return is(this) ? true : null;
    });
  }
}

describe('following what came and changed', () => {
  it('tells each event once, while others are still being written, whatever happens to it meanwhile', async () => {
    await harness.addRoute();
    const follower = await Follower.start();
    const ids: string[] = [];
    const looking = new AbortController();
    const looks = (async () => {
      while (!looking.signal.aborted) await follower.look();
    })();
    const drainer = harness.drainer((items) => items.map(() => accepted()));
    for (let round = 0; round < 12; round++) {
      const events = Array.from({ length: 5 }, () => harness.event());
      ids.push(...events.map(({ trackingId }) => trackingId));
      // Of one that is refused, the others are written one by one in transactions within the transaction.
      const refused = round % 3 === 0 ? [{ ...harness.event(), payload: 'no \u0000 text' }] : [];
      await Promise.all([batch.accept(events), batch.accept(refused), drainer.drain(harness.target)]);
    }
    looking.abort();
    await looks;
    await follower.until('all of them', ({ accepted: told }) => told.length >= ids.length);
    expect(follower.accepted.sort()).toEqual(ids.sort());
  });

  it('does not tell what is not committed, and tells it when it is, however late', async () => {
    const follower = await Follower.start();
    const late = harness.event();
    let release = (): void => undefined;
    const written = new Promise<void>((resolve, reject) => {
      const held = new Promise<void>((go) => (release = go));
      void database
        .asSuperuser(async (client) => {
          await client.query('begin');
          await client.query(
            `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint) values ($1, $2, $3, '')`,
            [harness.tenantId, late.eventId, late.trackingId],
          );
          await client.query(
            `insert into events (tenant_id, id, event_id, type, received_at, payload, status, deliveries_total, deliveries_open)
           values ($1, $2, $3, 'order.created', now(), '{}', 'unrouted', 0, 0)`,
            [harness.tenantId, late.trackingId, late.eventId],
          );
          resolve();
          await held;
          await client.query('commit');
        })
        .catch(reject);
    });
    await written;
    const early = harness.event();
    await batch.accept([early]);
    await follower.look();
    expect(follower.accepted).toEqual([]);
    release();
    await follower.until('both', ({ accepted: told }) => told.length >= 2);
    expect(follower.accepted.sort()).toEqual([late.trackingId, early.trackingId].sort());
  });

  it('tells deliveries that are new, and those that the bus was told of, however old', async () => {
    await harness.addRoute();
    const follower = await Follower.start();
    await batch.accept([harness.event()]);
    const [made] = await harness.deliveries();
    await follower.until('the new one', ({ deliveries }) => deliveries.length === 1);
    const old = '01900000-0000-7000-8000-000000000001';
    await inTenant((tx) =>
      tx.query(
        `insert into hub_events (tenant_id, id, type, tracking_id, delivery_id) values ($1, $2, 'delivery.retried', $3, $3)`,
        [tx.tenantId, newUuid(), old],
      ),
    );
    await follower.until('the old one', ({ deliveries }) => deliveries.length === 2);
    expect(follower.deliveries).toEqual([made?.id, old]);
    expect(follower.changed).toEqual([old]);
  });

  it('goes on in the middle of a stretch, and no further than its end', async () => {
    const from = await inTenant(currentTailEdge);
    const events = [harness.event(), harness.event(), harness.event()];
    await batch.accept(events);
    const to = await waitUntil('the edge to pass them', async () => {
      const edge = await inTenant(currentTailEdge);
      const all = await inTenant((tx) => findChangedEvents(tx, { from, to: edge, after: null, limit: 10 }));
      return all.length === events.length ? edge : null;
    });
    await batch.accept([harness.event()]);
    const ids = events.map(({ trackingId }) => trackingId).sort();
    const rest = await inTenant((tx) => findChangedEvents(tx, { from, to, after: ids[0] ?? '', limit: 10 }));
    expect(rest).toEqual(ids.slice(1).map((id) => ({ id, accepted: true })));
  });

  it('sees the tenant’s own alone', async () => {
    const follower = await Follower.start();
    const stranger = await createDeliveryHarness(database);
    await batch.accept([stranger.event()]);
    const own = harness.event();
    await batch.accept([own]);
    await follower.until('its own', ({ accepted: told }) => told.length > 0);
    expect(follower.accepted).toEqual([own.trackingId]);
  });
});
