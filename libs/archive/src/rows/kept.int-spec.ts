import { startOf, type Day } from '../archive.types';
import { daysAgo, hasDay, makeDay, uuidAt, type ArchiveStage, type PlantedEvent } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

describe('the event of a dead letter of a later day', () => {
  let stage: ArchiveStage;
  const archive = stageDays([], async (made) => {
    stage = made;
    await stage.tenants.run(stage.tenantId, (tx) =>
      tx.query(`insert into retention_settings (tenant_id, dead_letter_days) values ($1, 1)`, [tx.tenantId]),
    );
  });

  /** As a replay makes one: a repeat, of the day on which it was made, that has died too. */
  async function plantReplayed(day: Day, later: Day): Promise<PlantedEvent & { readonly repeat: string }> {
    await makeDay(archive.database, day);
    await makeDay(archive.database, later);
    const planted = await stage.plant(day, { status: 'dead' });
    const repeat = uuidAt(startOf(later) + 3_600_000);
    await archive.database.asSuperuser(async (client) => {
      await client.query(
        `insert into deliveries select (jsonb_populate_record(d, jsonb_build_object('id', $2::text, 'replay_of', d.id))).*
         from deliveries d where id = $1`,
        [planted.deliveryId, repeat],
      );
      await client.query(`update deliveries set replayed_by = $2 where id = $1`, [planted.deliveryId, repeat]);
    });
    return { ...planted, repeat };
  }
  const ids = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => row['id']);

  it('stays for as long as that does, however long it has been dead', async () => {
    const planted = await plantReplayed(daysAgo(9), daysAgo(6));
    // With its day, and then among what has none.
    for (let turns = 0; turns < 2; turns++) {
      await stage.run().turn();
      expect(await hasDay(archive.database, daysAgo(9))).toBe(false);
      const left = await stage.rows();
      expect(ids(left.events)).toEqual([planted.id]);
      expect(ids(left.deliveries)).toEqual([planted.deliveryId, planted.repeat]);
    }
  });

  it('leaves with it: neither keeps the other', async () => {
    const planted = await plantReplayed(daysAgo(12), daysAgo(9));
    await stage.run().turn();
    expect(await stage.rows()).toEqual({ events: [], deliveries: [], attempts: [], hub_events: [] });
    const found = await stage.reader.readEvent(stage.tenantId, planted.id);
    expect(found.ok && found.value && ids(found.value.deliveries)).toEqual([planted.deliveryId, planted.repeat]);
  });
});
