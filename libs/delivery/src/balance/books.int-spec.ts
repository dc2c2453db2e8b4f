import { type Database } from '@hub/database';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { newUuid } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { AcceptBatch } from '../accept/accept-batch';
import { cancelDelivery, retryDelivery } from '../read/deliveries.repository';
import { accepted, createDeliveryHarness, refused, type DeliveryHarness } from '../testing/delivery-harness';
import { Books, floorToHour } from './books';
import { type HourBooks } from './balance.types';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** However busy the machine is: a reader has the time to count. */
const STANDS_STILL = (): number => 0;

describe('the books', () => {
  let database: TestDatabase;
  let books: Books;
  let harness: DeliveryHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    books = new Books(new TenantDb(database.app), STANDS_STILL);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    harness = await createDeliveryHarness(database);
  });

  const asSuperuser = <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(sql, values)).rows as Row[]);
  const everything = (of = books): Promise<HourBooks[]> =>
    of.read(harness.tenantId, new Date(Date.now() - 7 * 24 * HOUR_MS), new Date(Date.now() + 2 * HOUR_MS));
  const total = (
    rows: readonly HourBooks[],
    figure: 'events' | 'made' | 'succeeded' | 'dead' | 'open' | 'cancelled',
  ): number => rows.reduce((sum, row) => sum + row[figure], 0);
  const failing = (rows: readonly HourBooks[]): { check: string; short: string }[] =>
    rows.flatMap(({ differences }) => differences.map(({ check, short }) => ({ check, short })));
  /** For whom it is that moment by the database's clock. */
  const booksAt = (now: Date): Books => {
    const asked: Pick<Database, 'transaction'> = {
      transaction: (work, preamble) =>
        database.app.transaction(
          (tx) =>
            work({
              query: async (sql, values, name) => {
                const rows = await tx.query(sql, values, name);
                return (name === 'books_progress' ? rows.map((row) => ({ ...row, now })) : rows) as never;
              },
            }),
          preamble,
        ),
    };
    return new Books(new TenantDb(asked as Database), STANDS_STILL);
  };
  const makeDue = (): Promise<unknown> =>
    asSuperuser(`update balance_hours set due_at = now() where tenant_id = $1`, [harness.tenantId]);

  /** Ten routed events of which three go wrong, and two for which there is no route. */
  const traffic = async (): Promise<void> => {
    await harness.addRoute({ eventType: 'thing.*', retryDelays: [] });
    const events = [
      ...Array.from({ length: 10 }, (_, n) => harness.event({ payload: JSON.stringify({ n }) })),
      ...Array.from({ length: 2 }, () => harness.event({ type: 'other.one' })),
    ];
    await new AcceptBatch(database.accept).accept(events);
    const drainer = harness.drainer((items) =>
      items.map((item) => (item.payloadText.match(/[123]}/) ? refused('validation') : accepted())),
    );
    await drainer.drain(harness.target);
  };

  it('balance while deliveries are open, settled, taken up again and cancelled', async () => {
    await harness.addRoute({ eventType: 'thing.*', retryDelays: [] });
    await new AcceptBatch(database.accept).accept(Array.from({ length: 5 }, () => harness.event()));
    expect(failing(await everything())).toEqual([]);
    expect(total(await everything(), 'open')).toBe(5);
    await harness.drainer((items) => items.map(() => refused('validation'))).drain(harness.target);
    expect(total(await everything(), 'dead')).toBe(5);
    const [first, second] = await harness.deliveries();
    await harness.tenantDb.run(harness.tenantId, (tx) => retryDelivery(tx, first?.id ?? ''));
    await harness.tenantDb.run(harness.tenantId, (tx) => retryDelivery(tx, second?.id ?? ''));
    expect(failing(await everything())).toEqual([]);
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelDelivery(tx, second?.id ?? ''));
    await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
    const rows = await everything();
    expect(failing(rows)).toEqual([]);
    expect(['dead', 'succeeded', 'cancelled', 'open'].map((figure) => total(rows, figure as 'dead'))).toEqual([
      3, 1, 1, 0,
    ]);
  });

  it('are kept by a refresh, and read as they are kept', async () => {
    await traffic();
    const { counted, complete } = await books.refresh(harness.tenantId, 60_000);
    expect(complete).toBe(true);
    expect(counted).toBeGreaterThanOrEqual(1);
    const rows = await everything();
    expect(failing(rows)).toEqual([]);
    expect(rows.every(({ balanced }) => balanced)).toBe(true);
    expect(['events', 'made', 'succeeded', 'dead'].map((figure) => total(rows, figure as 'made'))).toEqual([
      12, 10, 7, 3,
    ]);
    // All that was counted once is left alone but for the hour that may still grow.
    expect((await books.refresh(harness.tenantId, 60_000)).counted).toBeLessThanOrEqual(1);
  });

  it('are as they were counted last for whoever reads them while counting takes its time', async () => {
    await traffic();
    await books.refresh(harness.tenantId, 60_000);
    await new AcceptBatch(database.accept).accept([harness.event()]);
    let now = 0;
    const busy = new Books(new TenantDb(database.app), () => (now += 1_000));
    expect(total(await everything(busy), 'events')).toBe(12);
    expect(total(await everything(), 'events')).toBe(13);
  });

  it.each<[string, string, string[]]>([
    [
      'a delivery',
      `delete from deliveries where tenant_id = $1 and id = (select id from deliveries where tenant_id = $1 and status = 'succeeded' order by id limit 1)`,
      ['events_routed', 'deliveries_made', 'deliveries_kept', 'deliveries_settled'],
    ],
    [
      'a routed event',
      `delete from events where tenant_id = $1 and id = (select id from events where tenant_id = $1 and deliveries_total = 1 order by id limit 1)`,
      ['events_kept', 'events_routed', 'deliveries_made'],
    ],
    [
      'an unrouted event',
      `delete from events where tenant_id = $1 and id = (select id from events where tenant_id = $1 and deliveries_total = 0 order by id limit 1)`,
      ['events_kept'],
    ],
  ])('name the side that is short when %s has been deleted by hand', async (_name, sql, checks) => {
    await traffic();
    await books.refresh(harness.tenantId, 60_000);
    await asSuperuser(sql, [harness.tenantId]);
    await makeDue();
    const seen = failing(await everything());
    expect(seen.map(({ check }) => check)).toEqual(checks);
    expect(new Set(seen.map(({ short }) => short))).toEqual(
      new Set([sql.includes('from deliveries where') ? 'deliveries' : 'events']),
    );
    // Reading keeps nothing; counting does, and the hour is watched from then on.
    await books.refresh(harness.tenantId, 60_000);
    expect(
      await asSuperuser(`select balanced from balance_hours where tenant_id = $1`, [harness.tenantId]),
    ).toContainEqual({ balanced: false });
  });

  it.each<[string, string, string]>([
    [
      'a status',
      `update deliveries set status = 'succeeded' where tenant_id = $1 and status = 'pending'`,
      'deliveries_settled',
    ],
    ["an event's counter", `update events set deliveries_open = 0 where tenant_id = $1`, 'deliveries_open'],
  ])('notice %s that was changed by hand', async (_name, sql, check) => {
    await harness.addRoute();
    await new AcceptBatch(database.accept).accept([harness.event()]);
    await asSuperuser(sql, [harness.tenantId]);
    expect(failing(await everything()).map((row) => row.check)).toContain(check);
  });

  it('miss no idempotency key once the hour is over', async () => {
    const hour = floorToHour(new Date(Date.now() - 3 * HOUR_MS));
    await plantEvents(harness.tenantId, hour, 3);
    await books.refresh(harness.tenantId, 60_000);
    expect(failing(await everything())).toEqual([]);
    await asSuperuser(`delete from event_keys where tenant_id = $1 and event_id = 'planted-1'`, [harness.tenantId]);
    await makeDue();
    expect(failing(await everything())).toEqual([{ check: 'keys_kept', short: 'event_keys' }]);
  });

  it('have an hour of which the first commit comes after the hour is over', async () => {
    const next = floorToHour(new Date(Date.now() - 3 * HOUR_MS));
    await booksAt(new Date(next.getTime() + 5 * MINUTE_MS)).refresh(harness.tenantId, 60_000);
    const hour = new Date(next.getTime() - HOUR_MS);
    await plantEvents(harness.tenantId, hour, 3);
    await books.refresh(harness.tenantId, 60_000);
    expect(await everything()).toMatchObject([{ hour, events: 3 }]);
  });

  it.each(['events', 'deliveries', 'hub_events'])(
    'stay as they were counted when retention takes their day away: %s',
    async (first) => {
      await database.asSuperuser(async (client) => {
        const [day, next] = [new Date(Date.now() - 2 * 24 * HOUR_MS), new Date(Date.now() - 24 * HOUR_MS)].map((date) =>
          date.toISOString().slice(0, 10),
        );
        for (const table of ['events', 'deliveries', 'hub_events'])
          await client.query(
            `create table if not exists ${table}_${day?.replaceAll('-', '')} partition of ${table} for values from (uuid_v7_floor('${day}T00:00:00Z')) to (uuid_v7_floor('${next}T00:00:00Z'))`,
          );
      });
      const hour = new Date(`${new Date(Date.now() - 2 * 24 * HOUR_MS).toISOString().slice(0, 10)}T10:00:00Z`);
      await plantEvents(harness.tenantId, hour, 3);
      await books.refresh(harness.tenantId, 60_000);
      expect(await everything()).toMatchObject([{ events: 3, balanced: true }]);
      await asSuperuser(`drop table ${first}_${hour.toISOString().slice(0, 10).replaceAll('-', '')}`);
      await makeDue();
      expect(await everything()).toMatchObject([{ events: 3, balanced: true }]);
      await books.refresh(harness.tenantId, 60_000);
      expect(await everything()).toMatchObject([{ events: 3, balanced: true }]);
      expect(
        await asSuperuser(`select due_at = 'infinity' as closed from balance_hours where tenant_id = $1`, [
          harness.tenantId,
        ]),
      ).toEqual([{ closed: true }]);
    },
  );

  it('are not counted anew beyond six days', async () => {
    const old = floorToHour(new Date(Date.now() - 8 * 24 * HOUR_MS));
    await asSuperuser(
      `insert into balance_hours (tenant_id, hour, events, events_unrouted, most_events, due_at) values ($1, $2, 5, 5, 5, now())`,
      [harness.tenantId, old],
    );
    await books.refresh(harness.tenantId, 60_000);
    expect(await books.read(harness.tenantId, old, new Date())).toMatchObject([{ events: 5, balanced: true }]);
  });

  it("show a tenant's own hours alone", async () => {
    await traffic();
    await books.refresh(harness.tenantId, 60_000);
    const stranger = (await database.createTenant()).id;
    expect(await books.read(stranger, new Date(0), new Date(Date.now() + HOUR_MS))).toEqual([]);
  });

  /** Unrouted events of an hour that is over, as the accept statement would have left them. */
  async function plantEvents(tenantId: string, hour: Date, count: number): Promise<void> {
    await asSuperuser(
      `with made as (
         select n, overlay(uuid_v7_floor($2::timestamptz + n * interval '1 second')::text placing $4 from 25)::uuid as id from generate_series(1, $3::int) n
       ), keyed as (
         insert into event_keys (tenant_id, event_id, tracking_id, fingerprint) select $1, 'planted-' || n, id, '\\x00' from made
       )
       insert into events (tenant_id, id, event_id, type, received_at, payload, status, deliveries_total, deliveries_open)
       select $1, id, 'planted-' || n, 'x', $2::timestamptz + n * interval '1 second', '{}', 'unrouted', 0, 0 from made`,
      [tenantId, hour, count, newUuid().slice(24)],
    );
  }
});
