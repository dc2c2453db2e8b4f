import { type Tx } from '@hub/database';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
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

  it('gives up when keys keep going', async () => {
    await remember('restless');
    await expect(insertWhileKeysGo([harness.event({ eventId: 'restless' })], 'restless', 100)).rejects.toThrow(
      /keeps vanishing/,
    );
  });
});
