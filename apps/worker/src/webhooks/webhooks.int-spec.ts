import { insertConnection, updateConnection } from '@hub/connections';
import {
  closeHubEventCursor,
  expireNotices,
  findExpiredNotices,
  insertNoticeRoute,
  listNotices,
  lockHubEventCursor,
  makeNotices,
  moveHubEventCursor,
  openHubEventCursor,
  type NoticeRow,
} from '@hub/delivery';
import { newUuid, silentLogger, toPublicId, type DrainTarget } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import {
  disableFailing,
  disableGone,
  FanOut,
  findEndpoint,
  findFailingEndpoints,
  insertEndpoint,
  switchOff,
  switchOn,
  type Bus,
  type EndpointRow,
} from '@hub/webhooks';
import { findFacts, HUB_BUS, intoBacklog } from './notice-ports';
import { startWebhooks } from './start-webhooks';

const DAY_S = 86_400;
const GONE = { endpoint_id: 'whe_x', url: 'https://example.com', reason: 'gone' };
/** Other tests on the same server use numbers up as well: more than they need in the meantime. */
const NUMBERS_AHEAD = 500;
let database: TestDatabase;
let tenants: TenantDb;
let internal: TenantDb;
let tenant: string;
let rung: DrainTarget[];
beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  internal = new TenantDb(database.app, { internal: true });
});
afterAll(() => database?.close());
beforeEach(async () => {
  tenant = (await database.createTenant()).id;
  rung = [];
  await internal.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
});

async function connection(tx: TenantTx, isInternal: boolean): Promise<string> {
  const id = newUuid();
  const made = await insertConnection(tx, {
    id,
    name: id,
    connectorId: isInternal ? 'webhook' : 'http',
    config: { url: 'https://example.com/hook' },
    credentials: null,
    status: 'active',
    statusReason: null,
    internal: isInternal,
  });
  if (!made.ok) throw new Error(made.error.code);
  return id;
}

async function endpoint(eventTypes: string[], connectionIds: string[] | null = null): Promise<string> {
  const [id, routeId] = [newUuid(), newUuid()];
  await internal.run(tenant, async (tx) => {
    const connectionId = await connection(tx, true);
    await insertNoticeRoute(tx, { id: routeId, connectionId, delaysSeconds: [5] });
    await insertEndpoint(tx, {
      id,
      connectionId,
      routeId,
      description: '',
      eventTypes,
      connectionIds,
      headerNames: [],
    });
  });
  return id;
}

const connectionOf = (id: string): Promise<string> =>
  internal.run(tenant, async (tx) => (await findEndpoint(tx, id))?.connection_id ?? '');

const log = async (id: string): Promise<NoticeRow[]> => {
  const connectionId = await connectionOf(id);
  return internal.run(tenant, (tx) => listNotices(tx, connectionId, {}, { limit: 50, before: null }));
};

const tell = (type: string, connectionId: string | null, data: object = {}): Promise<unknown> =>
  tenants.run(tenant, (tx) =>
    tx.query(`insert into hub_events (tenant_id, id, type, connection_id, data) values ($1, uuid_v7(), $2, $3, $4)`, [
      tenant,
      type,
      connectionId,
      JSON.stringify(data),
    ]),
  );

const fanOut = (bus: Partial<Bus> = {}): FanOut =>
  new FanOut({
    tenants: internal,
    bus: { ...HUB_BUS, ...bus },
    facts: findFacts,
    backlog: intoBacklog,
    ring: (target) => void rung.push(target),
  });

/** Until the horizon, which other tests hold back too, has passed what was told. */
const untilMade = (count: number, run = fanOut()): Promise<unknown> => {
  let made = 0;
  return waitUntil(`${count} notices`, async () => (made += await run.run(tenant)) >= count);
};

describe('the fan-out', () => {
  it('makes a notice for each endpoint that wants to hear of it, and rings', async () => {
    const [one, two] = await tenants.run(tenant, async (tx) => [
      await connection(tx, false),
      await connection(tx, false),
    ]);
    const all = await endpoint(['*']);
    const breakers = await endpoint(['breaker.*'], [one ?? '']);
    const none = await endpoint(['sync.failing']);
    await tell('breaker.opened', one ?? '', { consecutive_failures: 5, error: null });
    await tell('breaker.opened', two ?? '', { consecutive_failures: 5, error: null });
    await tell('unheard.of', null);
    await untilMade(3);
    expect((await log(all)).map(({ type, status }) => [type, status])).toEqual(
      Array(2).fill(['breaker.opened', 'pending']),
    );
    expect(await log(breakers)).toHaveLength(1);
    expect(await log(none)).toEqual([]);
    const wanted = await Promise.all([connectionOf(all), connectionOf(breakers)]);
    expect(new Set(rung.map(({ connectionId }) => connectionId))).toEqual(new Set(wanted));
    // A retry of the whole page changes nothing: the cursor stands behind it.
    expect(await fanOut().run(tenant)).toBe(0);
  });

  it('has made nothing when it dies before the commit, and makes each notice once afterwards', async () => {
    const id = await endpoint(['webhook_endpoint.*']);
    await tell('webhook_endpoint.disabled', null, GONE);
    let deaths = 0;
    const dies = fanOut({
      move: async (tx, position) => {
        await moveHubEventCursor(tx, 'webhooks', position);
        deaths++;
        throw new Error('killed');
      },
    });
    await expect(dies.run(tenant)).rejects.toThrow('killed');
    expect([deaths, await log(id), rung]).toEqual([1, [], []]);
    await untilMade(1);
    expect(await log(id)).toMatchObject([{ type: 'webhook_endpoint.disabled', status: 'pending' }]);
  });

  it('is done by one worker at a time', async () => {
    const id = await endpoint(['*']);
    await tell('webhook_endpoint.disabled', null, GONE);
    const workers = [fanOut(), fanOut(), fanOut()];
    await waitUntil('the notice', async () => {
      const made = await Promise.all(workers.map((worker) => worker.run(tenant)));
      return made.reduce((sum, one) => sum + one, 0) > 0;
    });
    expect(await log(id)).toHaveLength(1);
  });

  it('begins anew when the database was restored into another cluster', async () => {
    const id = await endpoint(['*']);
    const lock = (): Promise<{ txId: number } | null> =>
      internal.run(tenant, (tx) => lockHubEventCursor(tx, 'webhooks', { wait: true }));
    const before = await lock();
    await internal.run(tenant, (tx) =>
      moveHubEventCursor(tx, 'webhooks', {
        txId: (before?.txId ?? 0) + 1_000_000_000,
        id: newUuid(),
        heardUntil: null,
      }),
    );
    expect(await fanOut().run(tenant)).toBe(0);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    expect(await log(id)).toHaveLength(1);
  });

  it('makes a notice of all that happened while nobody looked, however much it is and however long ago', async () => {
    const id = await endpoint(['*']);
    await database.asSuperuser(async (client) => {
      await client.query(
        `update hub_event_cursors set heard_until = heard_until - interval '2 hours' where tenant_id = $1`,
        [tenant],
      );
      // More than one page of the fan-out.
      await client.query(
        `insert into hub_events (tenant_id, id, type, data, created_at)
         select $1, uuid_v7(), 'webhook_endpoint.disabled', $2, now() - interval '1 hour' from generate_series(1, 520)`,
        [tenant, JSON.stringify(GONE)],
      );
    });
    await untilMade(520);
    expect(await fanOut().run(tenant)).toBe(0);
    const connectionId = await connectionOf(id);
    const [count] = await internal.run(tenant, (tx) =>
      tx.query<{ n: number }>(`select count(*)::int as n from deliveries where connection_id = $1`, [connectionId]),
    );
    expect(count?.n).toBe(520);
  });

  /** As in a dump: told, and read, by transactions whose numbers have yet to come here. */
  const asOfAnotherCluster = async (): Promise<void> => {
    await database.asSuperuser(async (client) => {
      for (const table of ['hub_events', 'hub_event_cursors'])
        await client.query(
          `update ${table} set tx_id = pg_current_xact_id()::text::bigint + ${NUMBERS_AHEAD} where tenant_id = $1`,
          [tenant],
        );
    });
  };
  const untilNumbersGetThere = (): Promise<void> =>
    database.asSuperuser(async (client) => {
      for (let number = 0; number <= NUMBERS_AHEAD; number++) await client.query('select pg_current_xact_id()');
    });

  it('tells nothing again of what was told in the cluster that the database was restored from', async () => {
    const id = await endpoint(['*']);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    await asOfAnotherCluster();
    expect(await fanOut().run(tenant)).toBe(0);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    await untilNumbersGetThere();
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    expect(await fanOut().run(tenant)).toBe(0);
    expect(await log(id)).toHaveLength(3);
  });

  it('tells what happens from now on, also where the clock of the cluster that was dumped was ahead', async () => {
    const id = await endpoint(['*']);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    await database.asSuperuser((client) =>
      client.query(`update hub_events set created_at = now() + interval '1 minute' where tenant_id = $1`, [tenant]),
    );
    await asOfAnotherCluster();
    expect(await fanOut().run(tenant)).toBe(0);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    expect(await log(id)).toHaveLength(2);
  });

  it('begins at the present for a first endpoint, also where a dump was restored', async () => {
    await tell('webhook_endpoint.disabled', null, GONE);
    await asOfAnotherCluster();
    await internal.run(tenant, async (tx) => {
      await closeHubEventCursor(tx, 'webhooks');
      await openHubEventCursor(tx, 'webhooks');
    });
    const id = await endpoint(['*']);
    await untilNumbersGetThere();
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    expect(await fanOut().run(tenant)).toBe(0);
    expect(await log(id)).toHaveLength(1);
  });

  it('shows its rows to nobody who does not ask for them', async () => {
    const id = await endpoint(['*']);
    await tell('webhook_endpoint.disabled', null, GONE);
    await untilMade(1);
    const count = (db: TenantDb): Promise<number[]> =>
      db.run(tenant, async (tx) => {
        const counts: number[] = [];
        for (const table of ['connections', 'routes', 'events', 'deliveries']) {
          const [row] = await tx.query<{ n: number }>(`select count(*)::int as n from ${table}`);
          counts.push(row?.n ?? -1);
        }
        return counts;
      });
    expect(await count(internal)).toEqual([1, 1, 1, 1]);
    expect(await count(tenants)).toEqual([0, 0, 0, 0]);
    const connectionId = await connectionOf(id);
    const planted = tenants.run(tenant, (tx) =>
      tx.query(`update connections set internal = true where tenant_id = $1 and id = $2`, [tenant, connectionId]),
    );
    expect(await planted).toEqual([]);
  });
});

describe('a notice that nobody takes', () => {
  it('is given up after a week, so that its day can be put away', async () => {
    const id = await endpoint(['*']);
    const connectionId = await connectionOf(id);
    const weekAgo = new Date(Date.now() - 7 * 86_400_000 - 60_000);
    await internal.run(tenant, async (tx) => {
      const { route_id: routeId } = (await findEndpoint(tx, id)) ?? { route_id: '' };
      const notices = [1, 2].map((n) => ({ id: newUuid(), publicId: `hev_${n}`, type: 'x', occurredAt: new Date() }));
      await makeNotices(
        tx,
        notices.map((one) => ({ ...one, payload: '{}', targets: [{ connectionId, routeId }] })),
      );
      const [old] = await listNotices(tx, connectionId, {}, { limit: 1, before: null });
      await tx.query(
        `update deliveries set id = overlay(uuid_v7_floor($3)::text placing right(id::text, 12) from 25)::uuid where tenant_id = $1 and id = $2`,
        [tenant, old?.id, weekAgo],
      );
    });
    const found = await findExpiredNotices(database.dispatcher);
    expect(found.filter(({ tenantId }) => tenantId === tenant)).toEqual([{ tenantId: tenant, connectionId }]);
    expect(await internal.run(tenant, (tx) => expireNotices(tx, connectionId))).toBe(false);
    expect((await log(id)).map(({ status, reason }) => [status, reason])).toEqual([
      ['pending', null],
      ['dead', 'deferred_too_long'],
    ]);
    expect((await findExpiredNotices(database.dispatcher)).filter(({ tenantId }) => tenantId === tenant)).toEqual([]);
  });
});

it('a tenant for whom no notice can be made holds up no other', async () => {
  const poor = tenant;
  await tell('webhook_endpoint.disabled', null, GONE);
  tenant = (await database.createTenant()).id;
  await internal.run(tenant, (tx) => openHubEventCursor(tx, 'webhooks'));
  const id = await endpoint(['*']);
  await tell('webhook_endpoint.disabled', null, GONE);
  class Failing extends TenantDb {
    override run: TenantDb['run'] = (of, ...rest) =>
      of === poor ? Promise.reject(new Error('out of order')) : super.run(of, ...rest);
  }
  const webhooks = startWebhooks({
    tenants: new Failing(database.app, { internal: true }),
    dispatcher: database.dispatcher,
    ring: (target) => void rung.push(target),
    disableAfterSeconds: 5 * DAY_S,
    logger: silentLogger,
  });
  await waitUntil('the other’s notice', async () => (await log(id)).length === 1);
  const since = webhooks.lastLookMs();
  await waitUntil('a look that is complete', async () => webhooks.lastLookMs() > since);
  await webhooks.stop();
});

describe('an endpoint that fails', () => {
  const failing = (id: string, since: string, last: string): Promise<unknown> =>
    internal.run(tenant, async (tx) =>
      tx.query(
        `update connection_runtime set failing_since = now() - $3::interval, last_failure_at = now() - $4::interval
         where tenant_id = $1 and connection_id = $2`,
        [tenant, (await findEndpoint(tx, id))?.connection_id, since, last],
      ),
    );
  const found = async (): Promise<string[]> =>
    (await findFailingEndpoints(database.dispatcher, 5 * DAY_S))
      .filter(({ tenantId }) => tenantId === tenant)
      .map(({ endpointId }) => endpointId);

  const endpointRow = async (id: string): Promise<EndpointRow> => {
    const row = await internal.run(tenant, (tx) => findEndpoint(tx, id));
    if (row === null) throw new Error('no endpoint');
    return row;
  };

  it('is switched off after five days of nothing but failures, and others are told', async () => {
    const [dead, young, silent] = [await endpoint(['*']), await endpoint(['*']), await endpoint(['*'])];
    await failing(dead, '5 days 1 minute', '10 seconds');
    await failing(young, '4 days 23 hours', '10 seconds');
    await failing(silent, '30 days', '29 days');
    expect(await found()).toEqual([dead]);
    const off = (id: string): Promise<boolean> => internal.run(tenant, (tx) => disableFailing(tx, id, 5 * DAY_S));
    expect([await off(dead), await off(young), await off(dead)]).toEqual([true, false, false]);
    expect(await internal.run(tenant, (tx) => findEndpoint(tx, dead))).toMatchObject({ disabled_reason: 'failing' });
    await untilMade(2);
    expect(await log(dead)).toEqual([]);
    const [told] = await log(young);
    expect(told?.type).toBe('webhook_endpoint.disabled');
    const [record] = await tenants.run(tenant, (tx) =>
      tx.query<{ record: { action: string; target: { id: string } } }>(
        `select record from audit_records where tenant_id = $1 order by id desc limit 1`,
        [tenant],
      ),
    );
    expect(record?.record).toMatchObject({
      action: 'webhook_endpoint.disabled',
      actor: { type: 'system', id: 'webhooks' },
      target: { id: toPublicId('webhookEndpoint', dead) },
    });
  });

  it('is switched off by a receiver that is gone, and not by one that had its address before', async () => {
    const id = await endpoint(['*']);
    const connectionId = await connectionOf(id);
    const gone = (revision: number): Promise<string> =>
      internal.run(tenant, (tx) => disableGone(tx, connectionId, revision));
    const { revision: before } = await endpointRow(id);
    await internal.run(tenant, (tx) =>
      updateConnection(tx, connectionId, { config: { url: 'https://example.com/new' } }, before),
    );
    expect(await gone(before)).toBe('changed_since');
    expect(await endpointRow(id)).toMatchObject({ disabled_reason: null });
    expect(await gone(before + 1)).toBe('disabled');
    expect(await endpointRow(id)).toMatchObject({ disabled_reason: 'gone' });
    const other = await internal.run(tenant, (tx) => connection(tx, false));
    expect(await internal.run(tenant, (tx) => disableGone(tx, other, 1))).toBe('no_endpoint');
  });

  it('is given its days anew once a person has switched it on', async () => {
    const id = await endpoint(['*']);
    await failing(id, '6 days', '1 second');
    expect(await internal.run(tenant, (tx) => switchOff(tx, id, 'user'))).toBe(true);
    expect(await found()).toEqual([]);
    expect(await internal.run(tenant, (tx) => switchOn(tx, id))).toBe(true);
    expect(await found()).toEqual([]);
    expect(await internal.run(tenant, (tx) => findEndpoint(tx, id))).toMatchObject({
      disabled_at: null,
      failing_since: null,
    });
  });
});
