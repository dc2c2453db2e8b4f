import { type Database } from '@hub/database';
import { newUuid, silentLogger } from '@hub/platform';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { Upkeep } from './upkeep';

describe('upkeep', () => {
  let database: TestDatabase;
  let tenant: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenant = (await database.createTenant()).id;
  });
  afterAll(() => database?.close());

  const asSuperuser = <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(sql, values)).rows as Row[]);
  const purge = async (): Promise<number> => {
    await asSuperuser(`update upkeep set due_at = now()`);
    const [row] = await database.dispatcher.query<{ purged: number }>(`select purge_expired_keys() as purged`);
    return row?.purged ?? -1;
  };
  const plantKeys = (count: number, age: string, prefix: string): Promise<unknown> =>
    asSuperuser(
      `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint, created_at)
       select $1, $2 || n, gen_random_uuid(), '\\x00', now() - $3::interval from generate_series(1, $4) n`,
      [tenant, prefix, age, count],
    );
  const keysLeft = async (): Promise<string[]> =>
    (
      await asSuperuser<{ kind: string }>(`select distinct substr(event_id, 1, 3) as kind from event_keys order by 1`)
    ).map((row) => row.kind);

  it('deletes keys of events after 30 days, and no others, as the dispatcher', async () => {
    await plantKeys(20, '30 days 1 minute', 'old');
    await plantKeys(20, '29 days 23 hours', 'new');
    expect(await purge()).toBe(20);
    expect(await keysLeft()).toEqual(['new']);
  });

  it('keeps the key of an event that is still at hand, in a day of its own or in the rest', async () => {
    const moment = new Date(Date.now() - 31 * 86_400_000);
    const at = (ms: number): string => {
      const time = ms.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${newUuid().slice(15)}`;
    };
    const day = moment.toISOString().slice(0, 10);
    await asSuperuser(
      `create table events_of_old partition of events
       for values from (uuid_v7_floor('${day}T00:00:00Z')) to (uuid_v7_floor('${day}T24:00:00Z'))`,
    );
    const plant = async (name: string, id: string, isThere: boolean): Promise<void> => {
      await asSuperuser(
        `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint, created_at) values ($1, $2, $3, '\\x00', now() - interval '31 days')`,
        [tenant, name, id],
      );
      if (isThere)
        await asSuperuser(
          `insert into events (tenant_id, id, event_id, type, received_at, payload, status, deliveries_total, deliveries_open)
           values ($1, $2, $3, 'a.b', now(), '{}', 'failed', 1, 0)`,
          [tenant, id, name],
        );
    };
    await plant('dead letter', at(moment.getTime()), true);
    await plant('older', at(moment.getTime() - 3 * 86_400_000), true);
    await plant('gone', at(moment.getTime()), false);
    expect(await purge()).toBe(1);
    const left = await asSuperuser<{ event_id: string }>(
      `select event_id from event_keys where event_id in ('dead letter', 'older', 'gone') order by 1`,
    );
    expect(left.map((row) => row.event_id)).toEqual(['dead letter', 'older']);
    await asSuperuser(`delete from events`);
    expect(await purge()).toBe(2);
  });

  it('deletes answers kept for Idempotency-Key after 24 hours, and no others', async () => {
    for (const [key, age] of [
      ['old', '24 hours 1 minute'],
      ['new', '23 hours'],
    ])
      await asSuperuser(
        `insert into idempotent_requests (tenant_id, key, route, fingerprint, created_at) values ($1, $2, 'r', '\\x00', now() - $3::interval)`,
        [tenant, key, age],
      );
    expect(await purge()).toBe(1);
    expect(await asSuperuser(`select key from idempotent_requests`)).toEqual([{ key: 'new' }]);
  });

  it('walks a large table in stretches, all of it, and then rests for an hour', async () => {
    // Wide fingerprints, so that a few rows fill more than one stretch.
    await asSuperuser(`alter table event_keys alter column fingerprint set storage plain`);
    await asSuperuser(
      `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint, created_at)
       select $1, 'big' || n, gen_random_uuid(), decode(repeat('00', 7000), 'hex'), now() - interval '40 days' from generate_series(1, 2100) n`,
      [tenant],
    );
    const calls: number[] = [];
    const state = async (): Promise<{ next_block: string; due: boolean }> =>
      (
        await asSuperuser<{ next_block: string; due: boolean }>(
          `select next_block, due_at <= now() as due from upkeep where task = 'event_keys'`,
        )
      )[0] ?? { next_block: '', due: false };
    calls.push(await purge());
    expect(await state()).toEqual({ next_block: '2000', due: true });
    const [row] = await database.dispatcher.query<{ purged: number }>(`select purge_expired_keys() as purged`);
    calls.push(row?.purged ?? -1);
    expect(await state()).toEqual({ next_block: '0', due: false });
    expect(calls.every((count) => count > 0)).toBe(true);
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(2_100);
    await plantKeys(1, '31 days', 'old');
    expect(await database.dispatcher.query(`select purge_expired_keys() as purged`)).toEqual([{ purged: 0 }]);
  });

  it.each(['app', 'accept', 'operator'] as const)('lets nobody but the dispatcher do so: not %s', async (role) => {
    for (const name of ['purge_expired_keys', 'refresh_statistics'])
      await expect(database[role].query(`select ${name}()`)).rejects.toMatchObject({ code: '42501' });
  });

  it('shows the owner expired keys alone', async () => {
    await plantKeys(1, '31 days', 'own');
    await plantKeys(1, '1 day', 'young');
    const { Client } = await import('pg');
    const owner = new Client({ connectionString: database.urls.owner });
    await owner.connect();
    const seen = await owner.query(`select distinct substr(event_id, 1, 3) as kind from event_keys`);
    await owner.end();
    const kinds = seen.rows.map((row: { kind: string }) => row.kind);
    expect(kinds).toContain('own');
    expect(kinds).not.toContain('you');
  });

  it("analyzes a day's partitions when many rows have changed, and not again at once", async () => {
    const refresh = async (): Promise<number> => {
      const [row] = await database.dispatcher.query<{ n: number }>(`select refresh_statistics() as n`);
      return row?.n ?? -1;
    };
    expect(await refresh()).toBe(0);
    const [today] = await asSuperuser<{ name: string }>(
      `select 'deliveries_' || to_char(now() at time zone 'UTC', 'YYYYMMDD') as name`,
    );
    // Else autovacuum may come first.
    await asSuperuser(`alter table ${today?.name} set (autovacuum_enabled = false)`);
    await asSuperuser(
      `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status)
       select $1, gen_random_uuid(), $2, $2, 'x', 'strict', 'succeeded' from generate_series(1, 10000)`,
      [tenant, newUuid()],
    );
    await waitUntil('the rows to be counted and analyzed', async () => (await refresh()) === 1);
    const [estimate] = await asSuperuser<{ n: number }>(`select reltuples::int as n from pg_class where relname = $1`, [
      today?.name,
    ]);
    expect(estimate?.n).toBe(10_000);
    expect(await refresh()).toBe(0);
  });

  it('gives way to who accepts when a day is to be made, and makes it later', async () => {
    const [day] = await asSuperuser<{ name: string }>(
      `select to_char((now() + interval '2 days') at time zone 'UTC', 'YYYYMMDD') as name`,
    );
    const made = async (): Promise<number> =>
      (await asSuperuser(`select 1 from pg_class where relname in ('events_${day?.name}', 'deliveries_${day?.name}')`))
        .length;
    for (const table of ['events', 'deliveries']) await asSuperuser(`drop table ${table}_${day?.name}`);
    await database.asSuperuser(async (client) => {
      // In the other order, as a statement may.
      await client.query('begin');
      await client.query('lock table deliveries in row exclusive mode');
      await new Upkeep(database.dispatcher, silentLogger).run();
      await client.query('lock table events in row exclusive mode');
      await client.query('commit');
    });
    expect(await made()).toBe(0);
    await new Upkeep(database.dispatcher, silentLogger).run();
    expect(await made()).toBe(2);
  });

  it('does each chore in its time, and the others when one fails', async () => {
    const asked: string[] = [];
    const query = (sql: string): Promise<unknown[]> => {
      asked.push(sql);
      return sql.includes('purge') ? Promise.reject(new Error('as the test wants')) : Promise.resolve([]);
    };
    const broken = {
      transaction: (work: (tx: { query: typeof query }) => unknown) => work({ query }),
    } as unknown as Database;
    const upkeep = new Upkeep(broken, silentLogger);
    const chores = async (): Promise<(string | undefined)[]> => {
      asked.length = 0;
      await upkeep.run();
      return asked.map((sql) => /ensure|purge_[a-z]+|refresh/.exec(sql)?.[0]);
    };
    expect(await chores()).toEqual(['ensure', 'purge_expired', 'purge_old', 'refresh']);
    // One that fails may have kept a lock until its time was up.
    expect(await chores()).toEqual([]);
    const later = performance.now() + 61_000;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
    expect(await chores()).toEqual(['purge_expired', 'purge_old', 'refresh']);
    clock.mockRestore();
  });
});
