import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { newUuid } from '@hub/platform';
import { type AlertRule } from '../rules/rule.types';
import { ALERT_RULES } from '../rules/alert-rules';
import { acknowledgeAlert, muteAlert } from '../store/alert.repository';
import { NO_OVERRIDES, saveRuleOverrides, type RuleOverrides } from '../store/rule-settings.repository';
import { createAlertsHarness, plantDeadLetter, type AlertsHarness } from '../testing/alerts-harness';
import { findDueTenants } from './watch.repository';

describe('looking for alerts', () => {
  let database: TestDatabase;
  let harness: AlertsHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    harness = await createAlertsHarness(database);
  });

  const statuses = async (): Promise<string[]> => (await harness.alerts()).map(({ rule, phase }) => `${rule} ${phase}`);
  const kinds = async (): Promise<string[]> => (await harness.notifications()).map(({ kind }) => kind);
  const set = (rule: string, overrides: Partial<RuleOverrides>): Promise<boolean> =>
    harness.tenants.run(harness.tenantId, (tx) => saveRuleOverrides(tx, rule, { ...NO_OVERRIDES, ...overrides }));
  /** As if that much time had passed since. */
  const age = (seconds: number): Promise<unknown> =>
    harness.sql(
      `update alerts set since = since - $2 * interval '1 second', opened_at = opened_at - $2 * interval '1 second', clear_since = clear_since - $2 * interval '1 second',
         told_at = told_at - $2 * interval '1 second', last_told_at = last_told_at - $2 * interval '1 second',
         worse_since = worse_since - $2 * interval '1 second' where tenant_id = $1`,
      [harness.tenantId, seconds],
    );

  /** What makes each rule's condition true, and what ends it. `$1`: tenant, `$2`: connection. */
  const TROUBLES: Readonly<
    Record<string, { make: string[]; end: string[]; title: RegExp; subjectIsConnection: boolean }>
  > = {
    dead_letters: {
      make: [
        `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, last_error, settled_at)
         select $1, uuid_v7(), $2, $2, 'x', 'strict', 'dead', '{"category":"duplicate","code":"6240","message":"of a person"}', now() from generate_series(1, 3)`,
      ],
      end: [`update deliveries set replayed_by = uuid_v7() where tenant_id = $1 and connection_id = $2`],
      title: /^3 dead letters on Connection/,
      subjectIsConnection: true,
    },
    breaker_open: {
      make: [
        `update connection_runtime set breaker_state = 'half_open', consecutive_failures = 5 where tenant_id = $1 and connection_id = $2`,
      ],
      end: [`update connection_runtime set breaker_state = 'closed' where tenant_id = $1 and connection_id = $2`],
      title: /does not answer$/,
      subjectIsConnection: true,
    },
    connection_needs_reauth: {
      make: [
        `update connections set status = 'needs_reauth', credentials_sealed = 'x' where tenant_id = $1 and id = $2`,
      ],
      end: [`update connections set status = 'active' where tenant_id = $1 and id = $2`],
      title: /is signed out$/,
      subjectIsConnection: true,
    },
    data_stale: {
      make: [
        `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds, last_success_at)
         values ($1, uuid_v7(), 'Customers', $2, 'Customer', 60, now() - interval '2 hours')`,
      ],
      end: [`update syncs set last_success_at = now() where tenant_id = $1 and connection_id = $2`],
      title: /^Data of Connection .* is stale$/,
      subjectIsConnection: true,
    },
    queue_age: {
      make: [
        `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, next_attempt_at)
         values ($1, uuid_v7(), $2, $2, 'x', 'strict', 'pending', now() - interval '16 minutes')`,
      ],
      end: [`update deliveries set status = 'succeeded' where tenant_id = $1 and connection_id = $2`],
      title: /^Deliveries to Connection .* are late$/,
      subjectIsConnection: true,
    },
    error_rate: {
      make: [
        `insert into connection_stats (tenant_id, connection_id, hour, calls, failures)
         values ($1, $2, date_trunc('hour', now()), array_fill(100, array[12]), array_fill(40, array[12]))`,
      ],
      end: [
        `update connection_stats set failures = array_fill(0, array[12]) where tenant_id = $1 and connection_id = $2`,
      ],
      title: /^40 % of calls to Connection .* fail$/,
      subjectIsConnection: true,
    },
    anomaly: {
      make: [
        `insert into balance_hours (tenant_id, hour, events, most_events) select $1, date_trunc('hour', now()) - d * interval '1 day' - h * interval '1 hour', n, n
         from (values (0, 1, 20), (7, 0, 1000), (7, 1, 1000), (7, 2, 1000)) v(d, h, n) where $2::uuid is not null`,
      ],
      end: [
        `update balance_hours set events = 900 where tenant_id = $1 and hour > now() - interval '1 day' and $2::uuid is not null`,
      ],
      title: /^Far fewer events accepted than in the weeks before$/,
      subjectIsConnection: false,
    },
    rate_limit_use: {
      make: [
        `insert into connection_limits (tenant_id, connection_id, limit_name, used, max, resets_at, observed_at) values ($1, $2, 'daily', 95, 100, now() + interval '1 hour', now())`,
      ],
      end: [`update connection_limits set resets_at = now() where tenant_id = $1 and connection_id = $2`],
      title: /^95 % of a limit of Connection .* is used$/,
      subjectIsConnection: true,
    },
    expiring: {
      make: [
        `update connections set refresh_expires_at = now() + interval '3 days 1 hour' where tenant_id = $1 and id = $2`,
      ],
      end: [`update connections set refresh_expires_at = now() + interval '100 days' where tenant_id = $1 and id = $2`],
      title: /sign-in ends in 3 days$/,
      subjectIsConnection: true,
    },
    schema_drift: {
      make: [
        `insert into connection_schema_changes (tenant_id, id, connection_id, object, changes, previous_at) values ($1, uuid_v7(), $2, 'Customer', '[{},{}]', now())`,
      ],
      end: [
        `update connection_schema_changes set detected_at = now() - interval '4 days' where tenant_id = $1 and connection_id = $2`,
      ],
      title: /^Objects of Connection .* have changed$/,
      subjectIsConnection: true,
    },
    webhook_disabled: {
      make: [
        `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation) values ($1, $2, 'notices', '*', '%', $2, 'x')`,
        `insert into webhook_endpoints (tenant_id, id, connection_id, route_id, description, event_types, disabled_reason, disabled_at)
         values ($1, uuid_v7(), $2, $2, 'Shop', '{*}', 'failing', now())`,
      ],
      end: [`update webhook_endpoints set disabled_reason = 'user' where tenant_id = $1 and connection_id = $2`],
      title: /^Webhook endpoint Shop is switched off$/,
      subjectIsConnection: false,
    },
    books_unbalanced: {
      make: [
        `insert into balance_hours (tenant_id, hour, events, most_events, balanced, differences) select $1, date_trunc('hour', now()), 9, 10, false,
           '[{"check":"events_kept","left":{"side":"ledger","count":10},"right":{"side":"events","count":9},"short":"events"}]' where $2::uuid is not null`,
      ],
      end: [
        `update balance_hours set balanced = true, differences = '[]' where tenant_id = $1 and $2::uuid is not null`,
      ],
      title: /^The books of 1 hour do not balance$/,
      subjectIsConnection: false,
    },
  };

  it('knows how to make trouble for every rule', () => {
    expect(Object.keys(TROUBLES).sort()).toEqual(ALERT_RULES.map(({ id }) => id).sort());
  });

  it.each(Object.keys(TROUBLES))('%s: opens, is told once, goes on, and recovers', async (rule) => {
    const trouble = TROUBLES[rule];
    if (trouble === undefined) throw new Error('no trouble');
    const connection = await harness.addConnection();
    await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await harness.look();
    expect(await statuses()).toEqual([]);
    for (const sql of trouble.make) await harness.sql(sql, [harness.tenantId, connection]);
    await harness.look();
    await age(120);
    await harness.look();
    expect(await statuses()).toEqual([`${rule} open`]);
    expect(await harness.look()).toEqual({ told: 0, failedRules: [] });
    const [alert] = await harness.alerts();
    expect(alert).toMatchObject({
      title: expect.stringMatching(trouble.title),
      connection_id: trouble.subjectIsConnection ? connection : null,
    });
    expect(JSON.stringify(alert?.details)).not.toContain('person');
    for (const sql of trouble.end) await harness.sql(sql, [harness.tenantId, connection]);
    await harness.look();
    await age(600);
    await harness.look();
    expect(await statuses()).toEqual([`${rule} resolved`]);
    expect(await harness.alerts()).toMatchObject([{ resolution: 'recovered' }]);
    expect(await kinds()).toEqual(['triggered', 'resolved']);
  });

  it('makes one alert of all that is wrong with one rule and connection, and one for each connection', async () => {
    const [one, other] = [await harness.addConnection(), await harness.addConnection()];
    for (const code of ['6240', '6240', '610']) await plantDeadLetter(harness, one, code);
    await plantDeadLetter(harness, other);
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    expect(await harness.look()).toMatchObject({ told: 2 });
    const alerts = await harness.alerts();
    expect(alerts.find((alert) => alert.connection_id === one)?.details).toMatchObject({
      value: 3,
      causes: [
        { what: 'duplicate 6240', count: 2 },
        { what: 'duplicate 610', count: 1 },
      ],
    });
    await plantDeadLetter(harness, one);
    await age(301);
    expect(await harness.look()).toMatchObject({ told: 0 });
    expect((await harness.alerts()).find((alert) => alert.connection_id === one)?.title).toContain('4 dead letters');
  });

  it('tells what nobody knows of although the alert was acknowledged, once', async () => {
    const connection = await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    for (let n = 0; n < 3; n++) await plantDeadLetter(harness, connection, '6240');
    await harness.look();
    const [first] = await harness.alerts();
    const acknowledge = (by: string): Promise<boolean> =>
      harness.tenants.run(harness.tenantId, (tx) => acknowledgeAlert(tx, first?.id ?? '', by, null));
    // Seen by whoever acknowledged it, though not told.
    await plantDeadLetter(harness, connection, '610');
    await harness.look();
    await acknowledge('key_1');
    await age(301);
    expect(await harness.look()).toMatchObject({ told: 0 });
    await plantDeadLetter(harness, connection, '500');
    expect(await harness.look()).toMatchObject({ told: 1 });
    expect(await harness.look()).toMatchObject({ told: 0 });
    const [open] = await harness.alerts();
    expect(open).toMatchObject({ id: first?.id, phase: 'open', acknowledged_by: 'key_1' });
    const messages = await harness.sql<{ kind: string; news: string[] }>(
      `select kind, message -> 'news' as news from alert_notifications where tenant_id = $1 order by id`,
      [harness.tenantId],
    );
    expect(messages).toEqual([
      { kind: 'triggered', news: [] },
      { kind: 'worse', news: ['new: duplicate 500'] },
    ]);
    await age(60);
    await acknowledge('key_2');
    await age(86_400);
    expect(await harness.look()).toMatchObject({ told: 0 });
    const [again] = await harness.alerts();
    expect(again).toMatchObject({ phase: 'acknowledged', acknowledged_by: 'key_2' });
  });

  it('does not say that dead letters were repaired when their rows have left', async () => {
    const [left, both] = [await harness.addConnection(), await harness.addConnection()];
    const gone = [
      await plantDeadLetter(harness, left),
      await plantDeadLetter(harness, left),
      await plantDeadLetter(harness, both),
    ];
    const repaired = await plantDeadLetter(harness, both);
    await harness.look();
    // As the archive does, once the oldest have had their days.
    await harness.sql(`delete from deliveries where tenant_id = $1 and id = any($2)`, [harness.tenantId, gone]);
    await harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1 and id = $2`, [
      harness.tenantId,
      repaired,
    ]);
    await harness.look();
    expect(await harness.alerts()).toMatchObject([
      { phase: 'resolved', resolution: 'aged_out', title: expect.stringMatching(/^2 dead letters/) },
      { phase: 'resolved', resolution: 'aged_out', title: expect.stringMatching(/^2 dead letters/) },
    ]);
  });

  it('warns before dead letters leave, though they were acknowledged, and not of those that stay', async () => {
    const connection = await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    const dead = await plantDeadLetter(harness, connection);
    const ended = (daysAgo: number): Promise<unknown> =>
      harness.sql(`update deliveries set settled_at = now() - $3 * interval '1 day' where tenant_id = $1 and id = $2`, [
        harness.tenantId,
        dead,
        daysAgo,
      ]);
    await harness.look();
    const [alert] = await harness.alerts();
    await harness.tenants.run(harness.tenantId, (tx) => acknowledgeAlert(tx, alert?.id ?? '', 'key_1', null));
    await age(301);
    const [soon, dayStays] = [
      { hotDays: 2, deadLetterDays: 14 },
      { hotDays: 3, deadLetterDays: 14 },
    ];
    await ended(10);
    expect(await harness.look({ retention: soon })).toMatchObject({ told: 0 });
    await ended(12);
    expect(await harness.look({ retention: dayStays })).toMatchObject({ told: 0 });
    const back = [harness.tenantId, dead];
    await harness.sql(
      `insert into archive_kept (tenant_id, tracking_id, reason, until)
       select tenant_id, tracking_id, 'restored', now() + interval '7 days' from deliveries where tenant_id = $1 and id = $2`,
      back,
    );
    expect(await harness.look({ retention: soon })).toMatchObject({ told: 0 });
    await harness.sql(`delete from archive_kept where tenant_id = $1`, [harness.tenantId]);
    expect(await harness.look({ retention: soon })).toMatchObject({ told: 1 });
    expect(await harness.alerts()).toMatchObject([
      {
        phase: 'open',
        details: { causes: [{ what: 'leave the database for the archive within 3 days', count: 1 }, { count: 1 }] },
      },
    ]);
    expect(await kinds()).toEqual(['triggered', 'worse']);
  });

  it('forgets no hour of the books before it balances or is accepted', async () => {
    await harness.sql(
      `insert into balance_hours (tenant_id, hour, balanced) values ($1, date_trunc('hour', now()) - interval '30 days', false)`,
      [harness.tenantId],
    );
    await harness.look();
    await age(60);
    await harness.look();
    expect(await statuses()).toEqual(['books_unbalanced open']);
    await harness.sql(`update balance_hours set balanced = true where tenant_id = $1`, [harness.tenantId]);
    await harness.look();
    expect(await statuses()).toEqual(['books_unbalanced resolved']);
  });

  it('goes by what the tenant has set: off, threshold, time, severity', async () => {
    const connection = await harness.addConnection();
    await plantDeadLetter(harness, connection);
    await set('dead_letters', { enabled: false });
    await harness.look();
    expect(await statuses()).toEqual([]);
    await set('dead_letters', { threshold: 1 });
    await harness.look();
    expect(await statuses()).toEqual([]);
    await plantDeadLetter(harness, connection);
    await set('dead_letters', { threshold: 1, forSeconds: 300, severity: 'info' });
    await harness.look();
    expect(await statuses()).toEqual([]);
    await age(300);
    await harness.look();
    expect(await harness.alerts()).toMatchObject([{ phase: 'open', severity: 'info' }]);
    await set('dead_letters', { enabled: false });
    await harness.look();
    expect(await harness.alerts()).toMatchObject([{ phase: 'resolved', resolution: 'rule_disabled' }]);
  });

  it('tells the channels that the rule names and that want its severity, and their end to those who were told', async () => {
    const connection = await harness.addConnection();
    const slack = await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await harness.addChannel('email', null, { recipients: ['a@example.com'] });
    const urgent = await harness.addChannel('pagerduty', { routing_key: 'k' }, { leastSeverity: 'critical' });
    await set('dead_letters', { channelIds: [slack, urgent], severity: 'warning' });
    const dead = await plantDeadLetter(harness, connection);
    await harness.look();
    expect((await harness.notifications()).map((row) => row.channel_id)).toEqual([slack]);
    await set('dead_letters', { channelIds: [] });
    await harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1 and id = $2`, [
      harness.tenantId,
      dead,
    ]);
    await harness.look();
    expect((await harness.notifications()).map((row) => [row.channel_id, row.kind])).toEqual([
      [slack, 'triggered'],
      [slack, 'resolved'],
    ]);
  });

  it('reminds in its interval until somebody has acknowledged it', async () => {
    const connection = await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(harness, connection);
    await harness.look();
    await age(86_400);
    await harness.look();
    expect(await kinds()).toEqual(['triggered', 'reminder']);
    const [alert] = await harness.alerts();
    await harness.tenants.run(harness.tenantId, (tx) => acknowledgeAlert(tx, alert?.id ?? '', 'key_1', 'on it'));
    await age(86_400);
    await harness.look();
    expect(await kinds()).toEqual(['triggered', 'reminder']);
    expect(await harness.alerts()).toMatchObject([{ phase: 'acknowledged', note: 'on it', acknowledged_by: 'key_1' }]);
  });

  it('is quiet while it is muted, over the end of an alert and the beginning of the next', async () => {
    const connection = await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(harness, connection);
    await harness.look();
    const [alert] = await harness.alerts();
    await harness.tenants.run(harness.tenantId, (tx) =>
      muteAlert(tx, alert?.id ?? '', new Date(Date.now() + 3_600_000)),
    );
    await harness.sql(`update deliveries set status = 'cancelled' where tenant_id = $1`, [harness.tenantId]);
    await harness.look();
    await plantDeadLetter(harness, connection);
    await harness.look();
    expect(await kinds()).toEqual(['triggered', 'resolved']);
    const [latest] = await harness.alerts();
    expect(latest).toMatchObject({ phase: 'open', muted_until: expect.any(Date), told_at: null });
    await harness.tenants.run(harness.tenantId, (tx) => muteAlert(tx, latest?.id ?? '', null));
    await harness.look();
    expect(await kinds()).toEqual(['triggered', 'resolved', 'triggered']);
  });

  it('leaves as it was what could not be looked at', async () => {
    const connection = await harness.addConnection();
    await plantDeadLetter(harness, connection);
    await harness.look();
    const partly: AlertRule = {
      ...rule('dead_letters'),
      read: () => Promise.resolve({ found: [], complete: false, agedOut: [] }),
    };
    await harness.look({ rules: [partly] });
    expect(await statuses()).toEqual(['dead_letters open']);
  });

  it('goes on without a rule that cannot be read, whose alerts stay as they are', async () => {
    const connection = await harness.addConnection();
    await plantDeadLetter(harness, connection);
    await harness.look();
    await harness.sql(`update connections set status = 'needs_reauth', credentials_sealed = 'x' where tenant_id = $1`, [
      harness.tenantId,
    ]);
    const broken: AlertRule = {
      ...rule('dead_letters'),
      read: async (tx) => ({ found: await tx.query('select no_such_column'), complete: true, agedOut: [] }),
    };
    expect(await harness.look({ rules: [broken, rule('connection_needs_reauth')] })).toEqual({
      told: 0,
      failedRules: ['dead_letters'],
    });
    expect((await statuses()).sort()).toEqual(['connection_needs_reauth open', 'dead_letters open']);
  });

  it('is done by one of many who look at once', async () => {
    const connection = await harness.addConnection();
    await harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await plantDeadLetter(harness, connection);
    const looks = await Promise.all(Array.from({ length: 6 }, () => harness.look()));
    expect((await harness.alerts()).length).toBe(1);
    expect(await kinds()).toEqual(['triggered']);
    expect(looks.filter((look) => look !== null && look.told > 0)).toHaveLength(1);
  });

  it('writes nothing for a look that was overtaken', async () => {
    const connection = await harness.addConnection();
    await plantDeadLetter(harness, connection);
    const overtake = async (): Promise<void> => {
      await harness.sql(
        `update tenant_watch set lease_token = $2, lease_until = now() + interval '1 minute' where tenant_id = $1`,
        [harness.tenantId, newUuid()],
      );
    };
    expect(await harness.look({ prepare: overtake })).toBeNull();
    expect(await statuses()).toEqual([]);
  });

  it('leaves no lease behind when it fails', async () => {
    const fail = (): Promise<void> => Promise.reject(new Error('as the test wants'));
    await expect(harness.look({ prepare: fail })).rejects.toThrow('as the test wants');
    const [watch] = await harness.sql(
      `select lease_token, due_at > now() as later from tenant_watch where tenant_id = $1`,
      [harness.tenantId],
    );
    expect(watch).toEqual({ lease_token: null, later: true });
  });

  it('finds who is due: active tenants, new ones first, and none that somebody looks at', async () => {
    const due = (): Promise<string[]> => findDueTenants(database.dispatcher, 10_000);
    const suspended = await database.createTenant({ status: 'suspended' });
    expect(await due()).toContain(harness.tenantId);
    expect(await due()).not.toContain(suspended.id);
    await harness.look();
    expect(await due()).not.toContain(harness.tenantId);
    await harness.sql(`update tenant_watch set due_at = now() where tenant_id = $1`, [harness.tenantId]);
    expect(await due()).toContain(harness.tenantId);
  });

  it('sees that far more is accepted, or far more calls fail, than in the weeks before, once it knows them', async () => {
    const hours = (table: string, figure: string, count: number, weeksAgo: number): Promise<unknown> =>
      harness.sql(
        `insert into ${table} (tenant_id, hour, ${figure})
         select $1, date_trunc('hour', now()) - $2 * interval '7 days' - h * interval '1 hour', $3 from generate_series(0, 2) h
         on conflict (tenant_id, hour) do update set ${figure} = excluded.${figure}`,
        [harness.tenantId, weeksAgo, count],
      );
    const titles = async (): Promise<string[]> => {
      await harness.look();
      return (await harness.alerts())
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

  it('sees API keys that end soon, and not those that were rotated', async () => {
    for (const [name, column] of [
      ['ends', 'null'],
      ['rotated', 'now()'],
    ])
      await harness.sql(
        `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes, expires_at, revoked_at)
         values ($1, uuid_v7(), substr(gen_random_uuid()::text, 1, 8), $2, 'test', '\\x00', '{}', now() + interval '5 hours', ${column})`,
        [harness.tenantId, name],
      );
    await harness.look();
    expect((await harness.alerts()).map(({ title }) => title)).toEqual(['API key "ends" ends within a day']);
  });

  it('sees credentials that end, a client certificate for one, and not a token that the hub renews by itself', async () => {
    const ends = (inHours: number, renewed: string): Promise<unknown> =>
      harness.sql(
        `update connections set token_expires_at = now() + $2 * interval '1 hour', refresh_due_at = ${renewed}, refresh_expires_at = null
         where tenant_id = $1`,
        [harness.tenantId, inHours],
      );
    await harness.addConnection();
    await ends(1, 'now()');
    await harness.look();
    expect(await harness.alerts()).toEqual([]);
    await ends(73, 'null');
    await harness.look();
    expect((await harness.alerts()).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Connection .*: credentials end in 3 days$/),
    ]);
  });

  it('sees that the limit of events a minute is nearly used up, pulled events aside', async () => {
    const limited = await createAlertsHarness(database, { rateLimitPerMinute: 10 });
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

  function rule(id: string): AlertRule {
    const found = ALERT_RULES.find((each) => each.id === id);
    if (found === undefined) throw new Error(`no rule ${id}`);
    return found;
  }
});
