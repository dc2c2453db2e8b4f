import { err, type ObjectStore } from '@hub/platform';
import { insertRestore } from '../restore/restore.repository';
import { before, daysAgo, hasDay, wrap, type ArchiveStage } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

const OLD = daysAgo(9);

describe('a turn of the archive, where it cannot be sure', () => {
  let stage: ArchiveStage;
  const archive = stageDays([OLD], (made) => (stage = made));
  const { sql } = archive;

  it('leaves the day where it is while the store does not answer, says so, and goes on when it does', async () => {
    await stage.plant(OLD);
    const were = await stage.rows();
    const failures: string[] = [];
    const down: ObjectStore = {
      ...wrap(stage.store),
      put: async () => err({ code: 'unreachable', message: 'as the test wants' }),
    };
    const observer = { failed: (error: { code: string }) => void failures.push(error.code) };
    await stage.run({ store: down, observer }).turn();
    await stage.run({ store: down, observer }).turn();
    expect(failures).toEqual(['store_unreachable', 'store_unreachable']);
    expect(await stage.rows()).toEqual(were);
    expect(
      await sql(
        `select error_code, failing_since < now() as failing, waiting_day::text, waiting_reason from archive_state`,
      ),
    ).toEqual([{ error_code: 'store_unreachable', failing: true, waiting_day: OLD, waiting_reason: 'store' }]);
    await stage.run().turn();
    expect(await hasDay(archive.database, OLD)).toBe(false);
    expect(await sql(`select error_code, failing_since from archive_state`)).toEqual([
      { error_code: null, failing_since: null },
    ]);
  });

  it('drops nothing on the word of a store that answers with other bytes', async () => {
    await stage.plant(OLD);
    const liar: ObjectStore = {
      ...wrap(stage.store),
      get: async (key) => {
        const got = await stage.store.get(key);
        if (got.ok) got.value[got.value.length - 1] = (got.value[got.value.length - 1] ?? 0) ^ 1;
        return got;
      },
    };
    await stage.run({ store: liar }).turn();
    expect(await hasDay(archive.database, OLD)).toBe(true);
    expect(await sql(`select 1 from archive_objects`)).toEqual([]);
    expect(await sql(`select error_code from archive_state`)).toEqual([{ error_code: 'not_as_written' }]);
    // What lies under the right name with wrong bytes is mended.
    const page = await stage.store.list('archive/');
    const key = page.ok ? page.value.objects[0]?.key : undefined;
    await stage.store.put(key ?? '', Buffer.from('broken'));
    await stage.run().turn();
    expect(await hasDay(archive.database, OLD)).toBe(false);
  });

  it('brings back what changed, or came, between its copy and its leaving; and archives that anew', async () => {
    const [changed, same] = [await stage.plant(OLD), await stage.plant(OLD)];
    let late: { id: string } | null = null;
    const observer = {
      retired: (kind: string) => void kind,
      archived: () => undefined,
    };
    const meddling: ObjectStore = {
      ...wrap(stage.store),
      // After the object was read back, before the manifest is written: the copy is old by then.
      get: async (key) => {
        const got = await stage.store.get(key);
        if (key.includes('/events/') && late === null) {
          late = await stage.plant(OLD);
          await sql(`update events set deliveries_succeeded = 7 where id = $1`, [changed.id]);
        }
        return got;
      },
    };
    const moved: number[] = [];
    await stage
      .run({ store: meddling, observer: { ...observer, dropped: (_kind, _day, rows) => void moved.push(rows) } })
      .turn();
    expect(await hasDay(archive.database, OLD)).toBe(false);
    expect(moved.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(0);
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
    for (const { id } of [changed, same, late ?? same])
      expect(await stage.reader.findEvent(stage.tenantId, id)).toMatchObject({ value: { id } });
    const found = await stage.reader.findEvent(stage.tenantId, changed.id);
    expect(found.ok && found.value?.['deliveries_succeeded']).toBe(7);
  });

  it('keeps what has changed and not the copy, where a restore brings one back beside a day that is half away', async () => {
    const [changed, same] = [await stage.plant(OLD), await stage.plant(OLD)];
    const dies = before(archive.database.dispatcher, 'drop_retired_day', async (kind) => {
      if (kind === 'events') throw new Error('as the test wants');
    });
    await expect(stage.run({ dispatcher: dies }).turn()).rejects.toThrow('as the test wants');
    await sql(`update hub_retired.events_${OLD.replaceAll('-', '')} set deliveries_succeeded = 7 where id = $1`, [
      changed.id,
    ]);
    await stage.tenants.run(stage.tenantId, (tx) =>
      insertRestore(tx, {
        selection: { trackingIds: [changed.id, same.id] },
        reason: 'test',
        keepDays: 7,
        requestedBy: { type: 'api_key', id: 'key_test' },
      }),
    );
    expect(await stage.restorer().runDue()).toBe(1);
    await stage.run().turn();
    const rows = (await stage.rows()).events.map((row) => [row['id'], row['deliveries_succeeded']]);
    expect(new Map(rows as [string, number][])).toEqual(
      new Map([
        [changed.id, 7],
        [same.id, 0],
      ]),
    );
    expect(await sql(`select relname from pg_class where relnamespace = 'hub_retired'::regnamespace`)).toEqual([]);
    expect(await sql(`select error_code from archive_state`)).toEqual([{ error_code: null }]);
  });
});
