import { stageLooks } from '../testing/look-stage';
import { ALERT_RULES } from './alert-rules';

interface Trouble {
  readonly make: readonly string[];
  readonly end: readonly string[];
  readonly title: RegExp;
  readonly subjectIsConnection: boolean;
}

/** What makes each rule's condition true, and what ends it. `$1`: tenant, `$2`: connection. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
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
    make: [`update connections set status = 'needs_reauth', credentials_sealed = 'x' where tenant_id = $1 and id = $2`],
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
       from (values (0, 0, 20), (0, 1, 20), (7, 0, 1000), (7, 1, 1000), (7, 2, 1000)) v(d, h, n) where $2::uuid is not null`,
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
    end: [`update balance_hours set balanced = true, differences = '[]' where tenant_id = $1 and $2::uuid is not null`],
    title: /^The books of 1 hour do not balance$/,
    subjectIsConnection: false,
  },
};

describe('every alert rule', () => {
  const stage = stageLooks();

  it('knows how to make trouble for every rule', () => {
    expect(Object.keys(TROUBLES).sort()).toEqual(ALERT_RULES.map(({ id }) => id).sort());
  });

  it.each(Object.keys(TROUBLES))('%s: opens, is told once, goes on, and recovers', async (rule) => {
    const trouble = TROUBLES[rule];
    if (trouble === undefined) throw new Error('no trouble');
    const connection = await stage.harness.addConnection();
    await stage.harness.addConnection();
    await stage.harness.addChannel('slack', { url: 'https://hooks.example.com/x' });
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([]);
    for (const sql of trouble.make) await stage.harness.sql(sql, [stage.harness.tenantId, connection]);
    await stage.harness.look();
    await stage.age(120);
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([`${rule} open`]);
    expect(await stage.harness.look()).toEqual({ told: 0, failedRules: [] });
    const [alert] = await stage.harness.alerts();
    expect(alert).toMatchObject({
      title: expect.stringMatching(trouble.title),
      connection_id: trouble.subjectIsConnection ? connection : null,
    });
    expect(JSON.stringify(alert?.details)).not.toContain('person');
    for (const sql of trouble.end) await stage.harness.sql(sql, [stage.harness.tenantId, connection]);
    await stage.harness.look();
    await stage.age(600);
    await stage.harness.look();
    expect(await stage.statuses()).toEqual([`${rule} resolved`]);
    expect(await stage.harness.alerts()).toMatchObject([{ resolution: 'recovered' }]);
    expect(await stage.kinds()).toEqual(['triggered', 'resolved']);
  });
});
