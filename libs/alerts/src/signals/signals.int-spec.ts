import { newUuid } from '@hub/platform';
import { acknowledgeAlert } from '../store/alert.repository';
import { createAlertsHarness, plantDeadLetter } from '../testing/alerts-harness';
import { stageLooks } from '../testing/look-stage';

describe('what rules see', () => {
  const stage = stageLooks();

  it('does not say that dead letters were repaired when their rows have left', async () => {
    const [left, both] = [await stage.harness.addConnection(), await stage.harness.addConnection()];
    const gone = [
      await plantDeadLetter(stage.harness, left),
      await plantDeadLetter(stage.harness, left),
      await plantDeadLetter(stage.harness, both),
    ];
    const repaired = await plantDeadLetter(stage.harness, both);
    await stage.harness.look();
    // As the archive does, once the oldest have had their days.
    await stage.harness.sql(`delete from deliveries where tenant_id = $1 and id = any($2)`, [
      stage.harness.tenantId,
      gone,
    ]);
    await stage.harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1 and id = $2`, [
      stage.harness.tenantId,
      repaired,
    ]);
    await stage.harness.look();
    expect(await stage.harness.alerts()).toMatchObject([
      { phase: 'resolved', resolution: 'aged_out', title: expect.stringMatching(/^2 dead letters/) },
      { phase: 'resolved', resolution: 'aged_out', title: expect.stringMatching(/^2 dead letters/) },
    ]);
  });

  it('warns before dead letters leave, though they were acknowledged, and not of those that stay', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    const dead = await plantDeadLetter(stage.harness, connection);
    const ended = (daysAgo: number): Promise<unknown> =>
      stage.harness.sql(
        `update deliveries set settled_at = now() - $3 * interval '1 day' where tenant_id = $1 and id = $2`,
        [stage.harness.tenantId, dead, daysAgo],
      );
    await stage.harness.look();
    const [alert] = await stage.harness.alerts();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) =>
      acknowledgeAlert(tx, alert?.id ?? '', 'key_1', null),
    );
    await stage.age(301);
    const [soon, dayStays] = [
      { hotDays: 2, deadLetterDays: 14 },
      { hotDays: 3, deadLetterDays: 14 },
    ];
    await ended(10);
    expect(await stage.harness.look({ retention: soon })).toMatchObject({ told: 0 });
    await ended(12);
    expect(await stage.harness.look({ retention: dayStays })).toMatchObject({ told: 0 });
    const back = [stage.harness.tenantId, dead];
    await stage.harness.sql(
      `insert into archive_kept (tenant_id, tracking_id, reason, until)
       select tenant_id, tracking_id, 'restored', now() + interval '7 days' from deliveries where tenant_id = $1 and id = $2`,
      back,
    );
    expect(await stage.harness.look({ retention: soon })).toMatchObject({ told: 0 });
    await stage.harness.sql(`delete from archive_kept where tenant_id = $1`, [stage.harness.tenantId]);
    expect(await stage.harness.look({ retention: soon })).toMatchObject({ told: 1 });
    expect(await stage.harness.alerts()).toMatchObject([
      {
        phase: 'open',
        details: { causes: [{ what: 'leave the database for the archive within 3 days', count: 1 }, { count: 1 }] },
      },
    ]);
    expect(await stage.kinds()).toEqual(['triggered', 'worse']);
  });

  it('forgets no hour of the books before it balances or is accepted', async () => {
    await stage.harness.sql(
      `insert into balance_hours (tenant_id, hour, balanced) values ($1, date_trunc('hour', now()) - interval '30 days', false)`,
      [stage.harness.tenantId],
    );
    await stage.harness.look();
    await stage.age(60);
    await stage.harness.look();
    expect(await stage.statuses()).toEqual(['books_unbalanced open']);
    await stage.harness.sql(`update balance_hours set balanced = true where tenant_id = $1`, [stage.harness.tenantId]);
    await stage.harness.look();
    expect(await stage.statuses()).toEqual(['books_unbalanced resolved']);
  });

  it('sees that far more is accepted, or far more calls fail, than in the weeks before, once it knows them', async () => {
    const hours = (table: string, figure: string, count: number, weeksAgo: number): Promise<unknown> =>
      stage.harness.sql(
        `insert into ${table} (tenant_id, hour, ${figure})
         select $1, date_trunc('hour', now()) - $2 * interval '7 days' - h * interval '1 hour', $3 from generate_series(0, 2) h
         on conflict (tenant_id, hour) do update set ${figure} = excluded.${figure}`,
        [stage.harness.tenantId, weeksAgo, count],
      );
    const titles = async (): Promise<string[]> => {
      await stage.harness.look();
      return (await stage.harness.alerts())
        .filter(({ phase }) => phase === 'open')
        .map(({ title }) => title)
        .sort();
    };
    await hours('balance_hours', 'events', 5_000, 0);
    await hours('usage_counts', 'failed_calls', 500, 0);
    expect(await titles()).toEqual([]);
    await hours('balance_hours', 'events', 1_000, 1);
    const both = [
      'Far more calls failed than in the weeks before',
      'Far more events accepted than in the weeks before',
    ];
    expect(await titles()).toEqual(both);
    await hours('balance_hours', 'events', 5_000, 2);
    expect(await titles()).toEqual(both.slice(0, 1));
    await hours('usage_counts', 'failed_calls', 500, 2);
    expect(await titles()).toEqual([]);
    await hours('usage_counts', 'failed_calls', 0, 0);
    for (const week of [1, 2]) await hours('usage_counts', 'failed_calls', 9_000, week);
    expect(await titles()).toEqual([]);
  });

  it('does not call a system recovered because its breaker lets few calls through', async () => {
    const connection = await stage.harness.addConnection();
    await stage.harness.sql(
      `insert into connection_stats (tenant_id, connection_id, hour) values ($1, $2, date_trunc('hour', now()))`,
      [stage.harness.tenantId, connection],
    );
    const failing = async (calls: number, breaker: string): Promise<void> => {
      await stage.harness.sql(
        `update connection_stats set calls = array_fill($3::int, array[12]), failures = array_fill($3::int, array[12])
         where tenant_id = $1 and connection_id = $2`,
        [stage.harness.tenantId, connection, calls],
      );
      await stage.harness.sql(
        `update connection_runtime set breaker_state = $3 where tenant_id = $1 and connection_id = $2`,
        [stage.harness.tenantId, connection, breaker],
      );
    };
    const look = async (): Promise<string[]> => {
      await stage.harness.look();
      return (await stage.statuses()).filter((status) => status.startsWith('error_rate'));
    };
    // Too few to open an alert for.
    await failing(1, 'open');
    expect(await look()).toEqual([]);
    await failing(40, 'closed');
    expect(await look()).toEqual(['error_rate open']);
    await failing(1, 'open');
    expect(await look()).toEqual(['error_rate open']);
    await stage.age(121);
    expect(await look()).toEqual(['error_rate open']);
    await failing(1, 'closed');
    expect(await look()).toEqual(['error_rate open']);
    await stage.age(121);
    expect(await look()).toEqual(['error_rate resolved']);
  });

  it('sees API keys that end soon, and not those that were rotated', async () => {
    for (const [name, column] of [
      ['ends', 'null'],
      ['rotated', 'now()'],
    ])
      await stage.harness.sql(
        `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes, expires_at, revoked_at)
         values ($1, uuid_v7(), substr(gen_random_uuid()::text, 1, 8), $2, 'test', '\\x00', '{}', now() + interval '5 hours', ${column})`,
        [stage.harness.tenantId, name],
      );
    await stage.harness.look();
    expect((await stage.harness.alerts()).map(({ title }) => title)).toEqual(['API key "ends" ends within a day']);
  });

  it('sees credentials that end, a client certificate for one, and not a token that the hub renews by itself', async () => {
    const ends = (inHours: number, renewed: string): Promise<unknown> =>
      stage.harness.sql(
        `update connections set token_expires_at = now() + $2 * interval '1 hour', refresh_due_at = ${renewed}, refresh_expires_at = null
         where tenant_id = $1`,
        [stage.harness.tenantId, inHours],
      );
    await stage.harness.addConnection();
    await ends(1, 'now()');
    await stage.harness.look();
    expect(await stage.harness.alerts()).toEqual([]);
    await ends(73, 'null');
    await stage.harness.look();
    expect((await stage.harness.alerts()).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Connection .*: credentials end in 3 days$/),
    ]);
  });

  it('sees that the limit of events a minute is nearly used up, pulled events aside', async () => {
    const limited = await createAlertsHarness(stage.database, { rateLimitPerMinute: 10 });
    const plant = (count: number, key: string | null): Promise<unknown> =>
      limited.sql(
        `insert into events (tenant_id, id, event_id, type, received_at, payload, status, deliveries_total, deliveries_open, api_key_id)
         select $1, uuid_v7(), n::text, 'x', now(), '{}', 'unrouted', 0, 0, $3 from generate_series(1, $2::int) n`,
        [limited.tenantId, count, key],
      );
    await plant(50, null);
    await limited.look();
    expect(await limited.alerts()).toEqual([]);
    await plant(9, newUuid());
    await limited.look();
    expect(await limited.alerts()).toMatchObject([
      { rule: 'rate_limit_use', title: '90 % of the limit of events a minute is used' },
    ]);
  });
});
