import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { type Stage } from '../isolation/attacks';
import { setStage, takenBack } from '../isolation/stage';
import { foreignRows } from './foreign-rows';

describe('the search for rows of one tenant that name a thing of another', () => {
  let database: TestDatabase;
  let stage: Stage;
  beforeAll(async () => {
    database = await createTestDatabase();
    stage = await setStage(database);
  });
  afterAll(() => database?.close());

  it('finds none among two tenants with a row in every table', async () => {
    expect(await database.asSuperuser(foreignRows)).toEqual([]);
  });

  it.each([
    ['deliveries', 'tracking_id', 'events'],
    ['deliveries', 'connection_id', 'connections'],
    ['deliveries', 'route_id', 'routes'],
    ['deliveries', 'replay_of', 'deliveries'],
    ['attempts', 'delivery_id', 'deliveries'],
    ['hub_events', 'delivery_id', 'deliveries'],
    ['event_keys', 'tracking_id', 'events'],
    ['replay_items', 'new_delivery_id', 'deliveries'],
    ['webhook_endpoints', 'connection_ids', 'connections'],
  ])('finds one in %s.%s', async (table, column, target) => {
    const { victim, attacker } = stage;
    const theirs = `select id from ${target} where tenant_id = $2`;
    const value = column.endsWith('_ids') ? `array(${theirs})` : `(${theirs})`;
    const found = await database.asSuperuser((client) =>
      takenBack(client, async () => {
        await client.query(`update ${table} set ${column} = ${value} where tenant_id = $1`, [attacker, victim]);
        return foreignRows(client);
      }),
    );
    expect(found).toEqual([
      expect.stringMatching(`^${table}\\.${column} of tenant ${attacker} is .* of tenant ${victim}$`),
    ]);
  });
});
