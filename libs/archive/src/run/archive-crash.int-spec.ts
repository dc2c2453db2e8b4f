import { type ObjectStore } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { readHistory } from '../rows/row-pages.repository';
import { openDay, recordObject } from '../write/archive-days.repository';
import { ObjectWriter } from '../write/object-writer';
import { daysAgo, hasDay, wrap, type ArchiveStage } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

const OLD = daysAgo(9);

describe('a turn of the archive that is cut short', () => {
  let stage: ArchiveStage;
  const archive = stageDays([OLD], (made) => (stage = made));
  const { sql } = archive;

  it('loses no row and keeps no day, wherever it dies', async () => {
    const planted = [await stage.plant(OLD), await stage.plant(OLD, { status: 'retrying' }), await stage.plant(OLD)];
    const before = await stage.rows();
    let died = 0;
    for (;;) {
      // After the first step of a turn, the second, the third, the fourth: each comes to be the last.
      let left = 1 + (died % 4);
      const die = <T>(value: T): T => {
        if (--left === 0) throw new Error('the process is killed');
        return value;
      };
      const store = wrap(stage.store);
      const mortal: ObjectStore = {
        ...store,
        put: async (...args) => die(await store.put(...args)),
        get: async (...args) => die(await store.get(...args)),
      };
      const done = await stage
        .run({
          store: mortal,
          observer: {
            archived: () => die(undefined),
            retired: () => die(undefined),
            dropped: () => die(undefined),
            failed: () => undefined,
          },
        })
        .turn()
        .then(
          () => true,
          () => false,
        );
      if (done) break;
      died++;
      // At every moment each row is at hand, in a retired day, or in the archive.
      const here = await stage.rows();
      for (const row of before.events) {
        const id = String(row['id']);
        const atHand = here.events.some((each) => each['id'] === id) || (await inRetired(id));
        const archived = await stage.reader.findEvent(stage.tenantId, id);
        expect(atHand || (archived.ok && archived.value !== null)).toBe(true);
      }
    }
    expect(died).toBeGreaterThanOrEqual(10);
    expect(await hasDay(archive.database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([planted[1]?.id]);
    for (const place of [0, 2]) {
      const found = await stage.reader.readEvent(stage.tenantId, planted[place]?.id ?? '');
      expect(found.ok && found.value?.deliveries).toHaveLength(1);
      expect(found.ok && found.value?.attempts).toHaveLength(1);
    }
    // No row is in two objects: whoever counts them counts what there was.
    const counted = await sql(
      `select kind, sum(row_count)::integer as rows from archive_objects where tenant_id = $1 group by kind order by kind`,
      [stage.tenantId],
    );
    expect(counted).toEqual(['attempts', 'deliveries', 'events', 'hub_events'].map((kind) => ({ kind, rows: 2 })));
  });

  const inRetired = async (id: string): Promise<boolean> => {
    const tables = await sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'hub_retired'::regnamespace and relkind = 'r' and relname like 'events%'`,
    );
    for (const { name } of tables)
      if ((await sql(`select 1 from hub_retired.${name} where id = $1`, [id])).length > 0) return true;
    return false;
  };

  it('is done once when two workers are at it, also when one of them has been overtaken', async () => {
    for (let index = 0; index < 5; index++) await stage.plant(OLD);
    let asked = false;
    const slow: ObjectStore = {
      ...wrap(stage.store),
      get: async (key) => {
        const got = await stage.store.get(key);
        if (!asked && key.includes('/events/')) {
          asked = true;
          // Its lease has run out while it waited for the store, and another sees one event more than it did.
          await stage.plant(OLD);
          await sql(`update archive_state set lease_until = now() - interval '1 second'`);
          expect(await stage.run().turn()).toBe(true);
        }
        return got;
      },
    };
    await stage.run({ store: slow }).turn();
    expect(await hasDay(archive.database, OLD)).toBe(false);
    await stage.run().turn();
    const [counted] = await sql<{ rows: number }>(
      `select sum(row_count)::integer as rows from archive_objects where tenant_id = $1 and kind = 'events'`,
      [stage.tenantId],
    );
    expect(counted?.rows).toBe(6);
    const running = stage.run({ workerId: 'one' });
    await sql(`update archive_state set holder = 'another', lease_until = now() + interval '1 minute'`);
    expect(await running.turn()).toBe(false);
  });

  it('has each row in one object, though two workers are at one day: the slower one is overtaken', async () => {
    await stage.plant(OLD);
    const place = { tenantId: stage.tenantId, kind: 'events', day: OLD } as const;
    const inTenant = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> => stage.tenants.run(stage.tenantId, work);
    const rows = await inTenant((tx) => readHistory(tx, 'events', OLD, null));
    const copy = async (): Promise<string> => {
      const object = await new ObjectWriter(stage.store, stage.keys).write(place, 'partition', rows);
      return object.ok ? inTenant((tx) => recordObject(tx, object.value, null)) : object.error.code;
    };
    await inTenant((tx) => openDay(tx, 'events', OLD));
    expect(await copy()).toBe('recorded');
    expect(await copy()).toBe('overtaken');
    expect(await sql(`select row_count from archive_objects where tenant_id = $1`, [stage.tenantId])).toEqual([
      { row_count: 1 },
    ]);
  });
});
