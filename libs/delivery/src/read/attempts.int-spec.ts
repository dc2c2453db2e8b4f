import { newUuid } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createReplayHarness, type ReplayHarness } from '../testing/replay-harness';
import { listAttempts, MOST_ATTEMPTS_SHOWN } from './deliveries.repository';
import { findEvent } from './events.repository';
import { eventTimeline } from './timeline';

describe('attempts', () => {
  let database: TestDatabase;
  let harness: ReplayHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await createReplayHarness(database);
  });
  afterAll(() => database?.close());

  it('are listed in order, the newest of each delivery, with how many there are', async () => {
    await harness.addRoute({});
    await harness.accept({}, {});
    const [many, few] = await harness.deliveries();
    const made = MOST_ATTEMPTS_SHOWN + 30;
    const attempt = (delivery: string | undefined, count: number): Promise<unknown> =>
      harness.sql(
        `insert into attempts (tenant_id, id, delivery_id, number, started_at, duration_ms, outcome, code, message)
         select $1, a.id, $2, a.n, now() + a.n * interval '1 millisecond', 0, 'deferred', 'busy', 'Later.'
         from unnest($3::uuid[]) with ordinality as a(id, n)`,
        [harness.tenantId, delivery, Array.from({ length: count }, () => newUuid())],
      );
    await attempt(many?.id, made);
    await attempt(few?.id, 2);
    const { listed, timeline } = await harness.tenantDb.run(harness.tenantId, async (tx) => {
      const event = await findEvent(tx, many?.tracking_id ?? '', false);
      if (event === null) throw new Error('there is no event');
      const ids = [many?.id ?? '', few?.id ?? ''];
      return { listed: await listAttempts(tx, ids), timeline: await eventTimeline(tx, event) };
    });
    const of = (delivery: string | undefined): unknown[] =>
      listed.filter((row) => row.delivery_id === delivery).map((row) => [row.number, row.made]);
    expect(of(many?.id)).toEqual(Array.from({ length: MOST_ATTEMPTS_SHOWN }, (_none, index) => [index + 31, made]));
    expect(of(few?.id)).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const told = timeline.filter(({ deliveryId, kind }) => deliveryId === many?.id && kind.startsWith('attempt'));
    expect(told.map(({ kind }) => kind)).toEqual([
      'attempts_left_out',
      ...Array.from({ length: MOST_ATTEMPTS_SHOWN }, () => 'attempt_deferred'),
    ]);
    expect(told[0]?.message).toContain(`${made} attempts were made`);
    expect(told[0]?.message).toContain(`the newest ${MOST_ATTEMPTS_SHOWN} are listed`);
  });
});
