import { type Tx } from '@hub/database';
import { newUuid } from '@hub/platform';
import { createTestDatabase, waitUntilWaitedFor, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness, type DeliveryHarness } from '../testing/delivery-harness';
import { AcceptBatch } from './accept-batch';
import { insertEvents } from './accept-statement';
import { type AcceptInput, type AcceptOutcome } from './accept.types';

describe('the accept statement', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await createDeliveryHarness(database);
  });
  afterAll(() => database?.close());

  /** Deletes the key after each of the first `times` looks for it, as retention does with one that has had its time. */
  const insertWhileKeysGo = (inputs: AcceptInput[], eventId: string, times: number): Promise<AcceptOutcome[]> =>
    database.accept.transaction(async (tx) => {
      let left = times;
      const watched: Tx = {
        query: async (sql, values, name) => {
          if (name === 'find_earlier_events' && left-- > 0) await forget(eventId);
          const rows = await tx.query(sql, values, name);
          if (name === 'find_earlier_events' && left > 0) await remember(eventId);
          return rows as never;
        },
      };
      return insertEvents(watched, inputs, []);
    }, `select set_config('app.tenant_ids','${harness.tenantId}',true)`);
  const forget = (eventId: string): Promise<unknown> =>
    database.asSuperuser((client) => client.query(`delete from event_keys where event_id = $1`, [eventId]));
  const remember = (eventId: string): Promise<unknown> =>
    database.asSuperuser((client) =>
      client.query(
        `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint) values ($1, $2, gen_random_uuid(), '\\x00')`,
        [harness.tenantId, eventId],
      ),
    );

  it('stores an event whose key goes between the look for a conflict and the look for the earlier event', async () => {
    await harness.addRoute();
    const batch = new AcceptBatch(database.accept);
    await batch.accept([harness.event({ eventId: 'kept' }), harness.event({ eventId: 'going' })]);
    const [fresh, kept, going] = ['fresh', 'kept', 'going'].map((eventId) => harness.event({ eventId }));
    const inputs = [fresh, kept, going].filter((input) => input !== undefined);
    const outcomes = await insertWhileKeysGo(inputs, 'going', 1);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'duplicate', 'accepted']);
    const made = await harness.deliveries();
    expect(made.filter((row) => row.tracking_id === going?.trackingId)).toHaveLength(1);
  });

  it.each([
    ['tenant', ['tenant', 'z'], ['other', 'a']],
    ['id within a tenant', ['tenant', 'a'], ['tenant', 'z']],
  ] as const)('takes keys in one order, whatever that of the batch: by %s', async (_by, first, last) => {
    const other = await createDeliveryHarness(database);
    const of = { tenant: harness, other };
    // Ids of tenants rise: the other one came later.
    expect(harness.tenantId < other.tenantId).toBe(true);
    const run = newUuid();
    const input = ([whose, id]: typeof first | typeof last): AcceptInput =>
      of[whose].event({ eventId: `${id} ${run}` });
    const take = `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint) values ($1, $2, gen_random_uuid(), '\\x00')`;
    await database.asSuperuser(async (client) => {
      const takeAs = ({ tenantId, eventId }: AcceptInput): Promise<unknown> => client.query(take, [tenantId, eventId]);
      await client.query('begin');
      await takeAs(input(first));
      const batch = new AcceptBatch(database.accept).accept([input(last), input(first)]);
      await waitUntilWaitedFor(client);
      // Whoever goes on in the same order finds it free. Were it taken already, each would wait for the other.
      await takeAs(input(last));
      await client.query('rollback');
      expect((await batch).map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    });
  });

  it('gives up when keys keep going', async () => {
    await remember('restless');
    await expect(insertWhileKeysGo([harness.event({ eventId: 'restless' })], 'restless', 100)).rejects.toThrow(
      /keeps vanishing/,
    );
  });
});
