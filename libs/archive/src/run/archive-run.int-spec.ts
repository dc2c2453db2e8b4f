import { daysAgo, hasDay, makeDay, stageArchive, type ArchiveStage } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

const OLD = daysAgo(9);
const HOT = daysAgo(5);
const PAYLOAD = '{"text":"é漢😀 \\" \\u0000 \\n", "n": 12345678901234567890, "b":1e2}';

describe('a turn of the archive', () => {
  let stage: ArchiveStage;
  const archive = stageDays([OLD, HOT], (made) => (stage = made));
  const { sql } = archive;
  const objectCount = async (tenantId = stage.tenantId): Promise<number> =>
    (await sql(`select 1 from archive_objects where tenant_id = $1`, [tenantId])).length;

  it('takes days that are old enough out of the database, and finds what was in them byte for byte', async () => {
    const [old, hot] = [await stage.plant(OLD, { payload: PAYLOAD }), await stage.plant(HOT)];
    const were = await stage.rows();
    expect(await stage.run().turn()).toBe(true);
    expect(await hasDay(archive.database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([hot.id]);
    const found = await stage.reader.readEvent(stage.tenantId, old.id);
    expect(found).toEqual({
      ok: true,
      value: {
        event: were.events.find((row) => row['id'] === old.id),
        deliveries: were.deliveries.filter((row) => row['tracking_id'] === old.id),
        attempts: were.attempts.filter((row) => row['delivery_id'] === old.deliveryId),
      },
    });
    expect(found.ok && found.value?.event['payload']).toBe(PAYLOAD);
    expect(await stage.reader.readEvent(stage.tenantId, hot.id)).toEqual({ ok: true, value: null });
    const [state] = await sql(`select error_code, failing_since, waiting_day from archive_state`);
    expect(state).toEqual({ error_code: null, failing_since: null, waiting_day: null });
  });

  it('finds an event by its own id with and without its idempotency key, and by its delivery', async () => {
    const planted = await stage.plant(OLD, { eventId: 'é "quoted" \\' });
    await stage.plant(OLD);
    await stage.run().turn();
    const found = await stage.reader.findByEventId(stage.tenantId, 'é "quoted" \\');
    expect(found.ok && found.value?.id).toBe(planted.id);
    expect(await stage.reader.findByEventId(stage.tenantId, 'never seen')).toEqual({ ok: true, value: null });
    expect(await stage.reader.eventOfDelivery(stage.tenantId, planted.deliveryId)).toEqual({
      ok: true,
      value: planted.id,
    });
  });

  it('keeps apart what tenants have: neither reads the other’s, nor what is moved into its place', async () => {
    const other = await stageArchive(archive.database);
    const planted = await stage.plant(OLD);
    await other.plant(OLD);
    await stage.run().turn();
    expect(await other.reader.findEvent(other.tenantId, planted.id)).toEqual({ ok: true, value: null });
    // Even with the manifest's row copied over: the key is another's.
    await sql(
      `insert into archive_objects select (jsonb_populate_record(o, jsonb_build_object('tenant_id', $2::text))).* from archive_objects o where tenant_id = $1 and kind = 'events'`,
      [stage.tenantId, other.tenantId],
    );
    const stolen = await other.reader.findEvent(other.tenantId, planted.id);
    expect(stolen.ok ? stolen.value : stolen.error.code).toBeNull();
    await other.close();
  });

  it('goes on with the others when one tenant’s key cannot be opened, and the day waits', async () => {
    const broken = await stageArchive(archive.database);
    await broken.plant(OLD);
    await broken.run().turn();
    // Its key is sealed by a master key that this keyring lacks.
    await sql(
      `update tenant_data_keys set wrapped_key = replace(wrapped_key, 'dk1.k1.', 'dk1.lost.') where tenant_id = $1`,
      [broken.tenantId],
    );
    const day = daysAgo(10);
    await makeDay(archive.database, day);
    await broken.plant(day);
    await stage.plant(day);
    await stage.run().turn();
    expect(await hasDay(archive.database, day)).toBe(true);
    expect(await objectCount()).toBe(4);
    expect(await sql(`select waiting_reason from archive_state`)).toEqual([{ waiting_reason: 'key_unavailable' }]);
    await sql(`update tenant_data_keys set wrapped_key = replace(wrapped_key, 'dk1.lost.', 'dk1.k1.')`);
    await broken.close();
  });

  it('archives rows of the default partition too, and makes their days good when they are still to come', async () => {
    const orphan = await stage.plant(daysAgo(20));
    const hot = await stage.plant(daysAgo(6));
    const early = await stage.plant(daysAgo(-12));
    await stage.run().turn();
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([hot.id, early.id]);
    const found = await stage.reader.readEvent(stage.tenantId, orphan.id);
    expect(found.ok && found.value?.attempts).toHaveLength(1);
    await archive.database.dispatcher.query(`select ensure_day_partitions(13)`);
    const [row] = await sql<{ place: string }>(`select tableoid::regclass::text as place from events where id = $1`, [
      early.id,
    ]);
    expect(row?.place).toBe(`events_${daysAgo(-12).replaceAll('-', '')}`);
  });

  it('archives of the default partition what others have, when one tenant’s key cannot be opened', async () => {
    await stage.plant(OLD);
    await stage.run().turn();
    // Its key is sealed by a master key that this one's keyring lacks.
    const other = await stageArchive(archive.database);
    await stage.plant(daysAgo(20));
    await other.plant(daysAgo(20));
    const failures: unknown[] = [];
    const observer = {
      failed: (error: { code: string }, tenantId: string | null) => void failures.push([error.code, tenantId]),
    };
    await other.run({ observer }).turn();
    expect(failures).toEqual([['key_unavailable', stage.tenantId]]);
    expect((await other.rows()).events).toEqual([]);
    expect((await stage.rows()).events).toHaveLength(1);
    await other.close();
  });

  it('keeps a day as long as the tenant with the longest wish has it, within the operator’s bounds', async () => {
    await stage.plant(OLD);
    const other = await stageArchive(archive.database);
    await other.plant(OLD);
    await sql(`insert into retention_settings (tenant_id, hot_days) values ($1, 20)`, [other.tenantId]);
    await stage.run().turn();
    expect(await hasDay(archive.database, OLD)).toBe(true);
    await sql(`insert into retention_bounds (tenant_id, most_hot_days) values ($1, 8)`, [other.tenantId]);
    await stage.run().turn();
    expect(await hasDay(archive.database, OLD)).toBe(false);
    await other.close();
  });

  it('takes internal rows along, and shows them to nobody', async () => {
    const hidden = await stage.plant(OLD, { internal: true });
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
    expect(await stage.reader.findEvent(stage.tenantId, hidden.id)).toEqual({ ok: true, value: null });
    expect(await objectCount()).toBe(4);
  });

  it.each(['app', 'accept', 'operator'] as const)(
    'lets nobody but the dispatcher take rows away: not %s',
    async (role) => {
      for (const call of [`retire_day('events', '2026-01-01', 1)`, `drop_retired_day('events', '2026-01-01')`])
        await expect(archive.database[role].query(`select ${call}`)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('takes away no day that is not in the archive, whoever asks', async () => {
    await stage.plant(OLD);
    await expect(archive.database.dispatcher.query(`select retire_day('events', $1, 10)`, [OLD])).rejects.toMatchObject(
      {
        code: '55000',
      },
    );
    for (const young of [0, 1])
      await expect(
        archive.database.dispatcher.query(`select retire_day('events', $1, 10)`, [daysAgo(young)]),
      ).rejects.toMatchObject({
        code: '22023',
      });
    expect((await stage.rows()).events).toHaveLength(1);
  });

  const noteDay = (tenantId: string, status: string): Promise<unknown> =>
    sql(`insert into archive_days (tenant_id, kind, day, status) values ($1, 'events', $2, $3)`, [
      tenantId,
      OLD,
      status,
    ]);

  it.each(['is being written', 'is another tenant’s'])(
    'takes away no day of which what is in the archive %s',
    async (which) => {
      await stage.plant(OLD);
      if (which === 'is being written') await noteDay(stage.tenantId, 'writing');
      else await noteDay((await archive.database.createTenant()).id, 'sealed');
      await expect(
        archive.database.dispatcher.query(`select retire_day('events', $1, 10)`, [OLD]),
      ).rejects.toMatchObject({
        code: '55000',
      });
      expect(await hasDay(archive.database, OLD)).toBe(true);
    },
  );

  it('takes away no day of which more has to stay than may be moved', async () => {
    for (const { id } of [await stage.plant(OLD), await stage.plant(OLD)])
      await sql(`insert into archive_kept (tenant_id, tracking_id, reason) values ($1, $2, 'open')`, [
        stage.tenantId,
        id,
      ]);
    await noteDay(stage.tenantId, 'sealed');
    await expect(archive.database.dispatcher.query(`select retire_day('events', $1, 1)`, [OLD])).rejects.toMatchObject({
      code: '54000',
    });
    expect(await hasDay(archive.database, OLD)).toBe(true);
  });
});
