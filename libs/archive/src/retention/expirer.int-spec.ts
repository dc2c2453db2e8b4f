import { retentionSettings } from '@hub/platform';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { DAY_MS } from '../archive.types';
import { isOnLegalHold } from './expirer';
import { putSettings } from './retention.repository';
import { daysAgo, makeDay, stageArchive, type ArchiveStage, type PlantedEvent } from '../testing/archive-stage';

const OLD = daysAgo(9);
const WAITS_FOR_LOCK = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe('what the archive forgets', () => {
  let database: TestDatabase;
  let stage: ArchiveStage;
  let planted: PlantedEvent;
  const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows as Row[]);
  const stored = async (): Promise<number> => {
    const page = await stage.store.list('archive/');
    return page.ok ? page.value.objects.length : -1;
  };
  const usual = retentionSettings.parse({});
  const turnAt = async (days: number): Promise<void> => {
    const done = await stage.expirer(Date.parse(`${OLD}T12:00:00Z`) + days * DAY_MS).expire(async () => true);
    expect(done.ok).toBe(true);
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    stage = await stageArchive(database);
    await makeDay(database, OLD);
    planted = await stage.plant(OLD);
    await stage.run().turn();
    expect(await stored()).toBe(4);
  });
  afterEach(async () => {
    await sql(`delete from archive_objects`);
    await stage.close();
  });
  afterAll(() => database?.close());

  it('is what has had its days, and whatever a crash had left beside it', async () => {
    const [day] = [OLD.replaceAll('-', '/')];
    // More than a store lists at once.
    for (let n = 0; n < 200; n++)
      await stage.store.put(`archive/v1/${stage.tenantId}/${day}/events/left-behind-${n}`, Buffer.from('x'));
    await turnAt(usual.HUB_ARCHIVE_DAYS);
    expect(await stored()).toBe(204);
    await turnAt(usual.HUB_ARCHIVE_DAYS + 1);
    expect(await stored()).toBe(0);
    expect(await sql(`select 1 from archive_objects`)).toEqual([]);
    expect(await stage.reader.findEvent(stage.tenantId, planted.id)).toEqual({ ok: true, value: null });
  });

  it('is nothing that has only just come, however old its day: a dead letter that had its days at hand', async () => {
    await sql(`insert into retention_settings (tenant_id, dead_letter_days, archive_days) values ($1, 90, 30)`, [
      stage.tenantId,
    ]);
    const day = daysAgo(91);
    const dead = await stage.plant(day, { status: 'dead' });
    const found = async (): Promise<unknown> => {
      const event = await stage.reader.findEvent(stage.tenantId, dead.id);
      return event.ok ? event.value?.['id'] : event.error;
    };
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
    expect(await found()).toBe(dead.id);
    const after = async (days: number): Promise<void> => {
      expect(await stage.expirer(Date.now() + days * DAY_MS).expire(async () => true)).toMatchObject({ ok: true });
    };
    await after(29);
    expect(await found()).toBe(dead.id);
    await after(31);
    expect(await found()).toBeUndefined();
  });

  it('is nothing of a day of which something has only just come, however long the rest has been there', async () => {
    const ago = (days: number): Date =>
      new Date(Date.parse(`${OLD}T12:00:00Z`) + (usual.HUB_ARCHIVE_DAYS + 1 - days) * DAY_MS);
    await sql(`update archive_objects set created_at = $1 where kind = 'attempts'`, [ago(29)]);
    await turnAt(usual.HUB_ARCHIVE_DAYS + 1);
    expect(await stored()).toBe(4);
    await sql(`update archive_objects set created_at = $1 where kind = 'attempts'`, [ago(31)]);
    await turnAt(usual.HUB_ARCHIVE_DAYS + 1);
    expect(await stored()).toBe(0);
  });

  it('is not how far a day has got that is being written meanwhile', async () => {
    // An archiver has put its first object there, and goes on behind that.
    const writing = await sql(
      `update archive_days set status = 'writing', sealed_at = null where tenant_id = $1 and kind = 'events' returning last_id`,
      [stage.tenantId],
    );
    expect(writing).toEqual([{ last_id: planted.id }]);
    await turnAt(usual.HUB_ARCHIVE_DAYS + 1);
    expect(await stored()).toBe(0);
    expect(await sql(`select kind, last_id from archive_days where tenant_id = $1`, [stage.tenantId])).toEqual([
      { kind: 'events', last_id: planted.id },
    ]);
  });

  it.each(['retention_settings', 'retention_bounds'])('is nothing of a tenant on legal hold by %s', async (table) => {
    await sql(
      `insert into ${table} (tenant_id, legal_hold, legal_hold_reason, legal_hold_since) values ($1, true, 'a case', now())`,
      [stage.tenantId],
    );
    await turnAt(5_000);
    expect(await stored()).toBe(4);
    expect(await stage.tenants.run(stage.tenantId, isOnLegalHold)).toBe(true);
    expect(await stage.reader.findEvent(stage.tenantId, planted.id)).toMatchObject({ value: { id: planted.id } });
    await sql(`update ${table} set legal_hold = false where tenant_id = $1`, [stage.tenantId]);
    expect(await stage.tenants.run(stage.tenantId, isOnLegalHold)).toBe(false);
    await turnAt(5_000);
    expect(await stored()).toBe(0);
  });

  it('is what lost its key, and nothing else of the day', async () => {
    await sql(`update archive_objects set key_id = gen_random_uuid() where kind = 'attempts'`);
    await turnAt(0);
    expect(await stored()).toBe(3);
    expect(await sql(`select 1 from archive_objects where kind = 'attempts'`)).toEqual([]);
  });

  it.each([
    ['has had its days', `select 1`, 5_000, 4],
    ['has lost its key', `update archive_objects set key_id = gen_random_uuid()`, 0, 3],
  ])(
    'is nothing more once a hold was asked for while an object is deleted that %s',
    async (_what, make, days, known) => {
      await sql(make);
      const remove = stage.store.delete.bind(stage.store);
      const hold = { hotDays: null, archiveDays: null, deadLetterDays: null, legalHold: true, reason: 'a case' };
      const held: Promise<unknown>[] = [];
      const setBefore: boolean[] = [];
      jest.spyOn(stage.store, 'delete').mockImplementation(async (key) => {
        let isSet = false;
        const set = stage.tenants.run(stage.tenantId, (tx) => putSettings(tx, hold)).then(() => (isSet = true));
        held.push(set);
        await waitUntil('the hold to be set, or to wait', async () => isSet || (await sql(WAITS_FOR_LOCK)).length > 0);
        setBefore.push(isSet);
        return remove(key);
      });
      await turnAt(days);
      await Promise.all(held);
      // Nobody is told that the hold is set and loses an object after that.
      expect(setBefore).toEqual([false]);
      expect(await stored()).toBe(3);
      // What is held can still be found.
      expect(await sql(`select 1 from archive_objects`)).toHaveLength(known);
      expect(await stage.tenants.run(stage.tenantId, isOnLegalHold)).toBe(true);
    },
  );

  it('goes by the tenant’s own days, within the operator’s bounds', async () => {
    await sql(`insert into retention_settings (tenant_id, archive_days) values ($1, 40)`, [stage.tenantId]);
    await sql(`insert into retention_bounds (tenant_id, least_archive_days) values ($1, 60)`, [stage.tenantId]);
    await turnAt(50);
    expect(await stored()).toBe(4);
    await turnAt(61);
    expect(await stored()).toBe(0);
  });

  it('is erased with the tenant, and then taken away', async () => {
    const worker = stage.run();
    await worker.turn();
    const { reader, keys } = await stageReader();
    const recent = await stage.plant(daysAgo(1));
    // As it is with every tenant: a connection's credentials point at the key.
    await sql(
      `update connections set credentials_sealed = 's1', credentials_key_id = (select id from tenant_data_keys where tenant_id = $1)
       where tenant_id = $1`,
      [stage.tenantId],
    );
    await sql(`update tenants set status = 'suspended' where id = $1`, [stage.tenantId]);
    expect(await database.operator.query(`select erase_tenant($1) as answer`, [stage.tenantId])).toEqual([
      { answer: 'erased' },
    ]);
    expect(await reader.findEvent(stage.tenantId, planted.id)).toEqual({ ok: true, value: null });
    expect(await keys.active(stage.tenantId)).toMatchObject({ ok: false, error: { code: 'unknown_key' } });
    expect((await stage.rows()).events).toMatchObject([{ id: recent.id }]);
    // A worker that has just looked for what has expired does so again.
    await worker.turn();
    expect(await stored()).toBe(0);
    expect(await sql(`select 1 from archive_objects`)).toEqual([]);
    expect(await stage.rows()).toEqual({ events: [], deliveries: [], attempts: [], hub_events: [] });
    expect(await sql(`select 1 from connections where tenant_id = $1`, [stage.tenantId])).toEqual([]);
  });

  /** In a process that has not opened the key before. */
  const stageReader = async (): Promise<Pick<ArchiveStage, 'reader' | 'keys'>> => {
    const fresh = await stageArchive(database);
    await fresh.close();
    const { ArchiveReader } = await import('../read/archive-reader');
    const { ObjectReader } = await import('../read/object-reader');
    return {
      keys: fresh.keys,
      reader: new ArchiveReader({ tenants: stage.tenants, objects: new ObjectReader(stage.store, fresh.keys) }),
    };
  };
});
