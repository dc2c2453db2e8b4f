import { type Client } from 'pg';
import { fromPublicId, newUuid, toPublicId } from '@hub/platform';
import { startS3StandIn, waitUntil, type S3StandIn } from '@hub/testing';
import { expectProblem, faultsOf } from '../support/problems';
import {
  accept,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  readEvent,
  settled,
  stageHub,
  type EventView,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';

const DAY_MS = 86_400_000;
const HISTORY = ['events', 'deliveries', 'attempts', 'hub_events'];

interface Restore {
  readonly id: string;
  readonly status: string;
  readonly restored: number;
  readonly missing: number;
  readonly progress: number;
}

describe('the archive of a running hub, in a bucket', () => {
  let s3: S3StandIn;
  let hub: StagedHub;
  let tenant: StagedTenant;
  const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    hub.database.asSuperuser(async (client) => (await client.query(text, values)).rows as Row[]);

  beforeAll(async () => {
    s3 = await startS3StandIn();
    hub = await stageHub({
      queue: 'redis',
      env: {
        HUB_OBJECT_STORE: s3.setting(),
        HUB_OBJECT_STORE_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        HUB_OBJECT_STORE_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        HUB_ARCHIVE_EVERY_SECONDS: '1',
      },
    });
    tenant = await hub.newTenant();
  }, 60_000);
  afterAll(async () => {
    await hub?.stop();
    await s3?.close();
  });

  /** Lets everything about the events have happened so many days ago, which no other test takes. */
  const backdate = async (trackingIds: readonly string[], daysAgo: number): Promise<void> => {
    const day = new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
    const next = new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
    const ids = trackingIds.map((id) => fromPublicId('event', id));
    const earlier = (column: string): string =>
      `(select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || substr(${column}::text, 14))::uuid from (select lpad(to_hex(
         ('x' || replace(left(${column}::text, 13), '-', ''))::bit(48)::bigint - ${daysAgo * DAY_MS}), 12, '0') as h) shifted)`;
    const ago = (column: string): string => `${column} = ${column} - interval '${daysAgo} days'`;
    const partitionOf = (table: string): string => `${table}_${day.replaceAll('-', '')}`;
    const beginWithDay = async (client: Client): Promise<boolean> => {
      for (const table of HISTORY)
        await client.query(
          `set role hub_owner; create table if not exists ${partitionOf(table)} partition of ${table}
             for values from (uuid_v7_floor('${day}T00:00:00Z')) to (uuid_v7_floor('${next}T00:00:00Z')); reset role`,
        );
      await client.query('begin');
      return client.query(`lock table ${HISTORY.map(partitionOf).join(', ')} in access share mode`).then(
        () => true,
        () => client.query('rollback').then(() => false),
      );
    };
    await hub.database.asSuperuser(async (client) => {
      // The archive drops days that are empty, and may do so with this one before there is anything in it.
      await waitUntil('the day to be held', () => beginWithDay(client));
      const deliveries = `select id from deliveries where tracking_id = any ($1)`;
      // At once: the archive looks every second, and would take a day of which half is there.
      await client.query(
        `update attempts set id = ${earlier('id')}, delivery_id = ${earlier('delivery_id')} where delivery_id in (${deliveries})`,
        [ids],
      );
      await client.query(
        `update hub_events set id = ${earlier('id')}, tracking_id = ${earlier('tracking_id')}, delivery_id = ${earlier('delivery_id')} where tracking_id = any ($1)`,
        [ids],
      );
      await client.query(
        `update deliveries set id = ${earlier('id')}, tracking_id = ${earlier('tracking_id')}, ${ago('created_at')}, ${ago('settled_at')} where tracking_id = any ($1)`,
        [ids],
      );
      await client.query(`update event_keys set tracking_id = ${earlier('tracking_id')} where tracking_id = any ($1)`, [
        ids,
      ]);
      await client.query(`update events set id = ${earlier('id')}, ${ago('received_at')} where id = any ($1)`, [ids]);
      await client.query('commit');
    });
  };
  const haveLeft = async (): Promise<boolean> => {
    const [row] = await sql<{ left: boolean }>(
      `select not exists (select 1 from events where tenant_id = $1 and id < uuid_v7_floor(now() - interval '19 days')) as left`,
      [tenant.uuid],
    );
    return row?.left === true;
  };
  const publicIdOf = async (eventId: string): Promise<string> => {
    const { data } = await tenant.client.demand<{ data: EventView[] }>('GET', `/v1/events?event_id=${eventId}`);
    return data[0]?.tracking_id ?? '';
  };

  it('answers for events that have left, brings them back, and replays them', async () => {
    const { id: connection } = await connectSink(hub, tenant);
    const route = await addRoute(tenant, { event_type: 'order.*', connection_id: connection });
    const payload = '{"text":"é漢😀", "n": 12345678901234567890, "b":1e2}';
    const body = `{"event_id":"order-1","type":"order.created","subject":"order/1","data":${payload}}`;
    const sent = await tenant.client.demand<{ tracking_id: string }>('POST', '/v1/events', body);
    await eventWhen(tenant.client, sent.tracking_id, settled);
    await backdate([sent.tracking_id], 20);
    await waitUntil('the day to have left', haveLeft, 30_000);

    const trackingId = await publicIdOf('order-1');
    const archived = await tenant.client.get<EventView & { archived: boolean }>(
      `/v1/events/${trackingId}?include=payload`,
    );
    expect(archived.status).toBe(200);
    expect(archived.text).toContain(`"payload":${payload}`);
    expect(archived.body).toMatchObject({
      archived: true,
      event_id: 'order-1',
      status: 'succeeded',
      deliveries: [{ connection_id: connection, status: 'succeeded', attempts: 1 }],
    });
    const byDelivery = await tenant.client.get<{ data: EventView[] }>(
      `/v1/events?q=${archived.body.deliveries[0]?.id}`,
    );
    expect(byDelivery.body.data.map((event) => event.tracking_id)).toEqual([trackingId]);
    expectProblem(await tenant.client.get(`/v1/events/${trackingId}/timeline`), 409, 'event_archived');
    const repeated = await tenant.client.post('/v1/events', body);
    expect(repeated).toMatchObject({
      status: 200,
      body: { tracking_id: trackingId, duplicate: true, status: 'succeeded', routes: [route] },
    });
    s3.fail({ how: { status: 403, code: 'AccessDenied' }, method: 'GET' });
    expectProblem(await tenant.client.post('/v1/events', body), 503, 'archive_unavailable');
    s3.heal();
    const delivery = archived.body.deliveries[0]?.id ?? '';
    const wanted = { include_succeeded: true, reason: 'as the test wants' };
    // One that has stayed longer than its event, as if a replay had made it on a later day.
    const repeat = newUuid();
    await sql(
      `insert into deliveries (tenant_id, id, tracking_id, connection_id, route_id, operation, ordering_mode, status, settled_at)
       values ($1, $2, $3, $4, $5, 'request.send', 'strict', 'dead', now())`,
      [
        tenant.uuid,
        repeat,
        fromPublicId('event', trackingId),
        fromPublicId('connection', connection),
        fromPublicId('route', route),
      ],
    );
    const refused = [await tenant.client.post(`/v1/events/${trackingId}/replay`, wanted)];
    for (const id of [delivery, toPublicId('delivery', repeat)]) {
      refused.push(await tenant.client.get(`/v1/deliveries/${id}`));
      refused.push(await tenant.client.post(`/v1/deliveries/${id}/retry`));
      refused.push(await tenant.client.post(`/v1/deliveries/${id}/cancel`));
    }
    for (const answer of refused)
      expect(expectProblem(answer, 409, 'event_archived')).toMatchObject({ tracking_id: trackingId });
    expect(await sql(`delete from deliveries where id = $1 returning status`, [repeat])).toEqual([{ status: 'dead' }]);
    const named = await tenant.client.post('/v1/replays', { ...wanted, event_ids: ['nobody', 'order-1', trackingId] });
    expect(faultsOf(expectProblem(named, 409, 'event_archived'))).toEqual([
      '/event_ids/1 archived',
      '/event_ids/2 archived',
    ]);
    const stranger = await hub.newTenant();
    expectProblem(await stranger.client.get(`/v1/deliveries/${delivery}`), 404, 'not_found');
    expectProblem(await stranger.client.post(`/v1/events/${trackingId}/replay`, wanted), 404, 'not_found');
    expectProblem(await stranger.client.get(`/v1/events/${trackingId}`), 404, 'not_found');
    const { data: objects } = await tenant.client.demand<{ data: { kind: string; rows: number; key: string }[] }>(
      'GET',
      '/v1/archive/objects',
    );
    expect(objects.map(({ kind }) => kind).sort()).toEqual(['attempts', 'deliveries', 'events', 'hub_events']);
    // Sealed: what lies in the bucket shows nothing.
    for (const { bytes } of s3.objects.values()) expect(bytes.includes('order')).toBe(false);

    const answer = await tenant.client.post<Restore>('/v1/archive/restores', {
      event_ids: ['order-1'],
      reason: 'as the test wants',
    });
    expect(answer.status).toBe(202);
    const done = await waitUntil('the restore', async () => {
      const restore = await tenant.client.demand<Restore>('GET', `/v1/archive/restores/${answer.body.id}`);
      return restore.status === 'completed' ? restore : null;
    });
    expect(done).toMatchObject({ restored: 1, missing: 0, progress: 1 });
    expect(await readEvent(tenant.client, trackingId)).toMatchObject({ archived: false, status: 'succeeded' });
    const replay = await tenant.client.post(`/v1/events/${trackingId}/replay`, {
      ...wanted,
      rate_per_second: 50,
    });
    expect(replay).toMatchObject({ status: 202, body: { rate_per_second: 50 } });
    await deliveryWhen(
      tenant.client,
      trackingId,
      (delivery) => delivery.status === 'succeeded' && 'replay_of' in delivery && delivery.replay_of !== null,
    );
    const records = await sql(
      `select 1 from audit_records where tenant_id = $1 and action = 'archive.restore_started'`,
      [tenant.uuid],
    );
    expect(records).toHaveLength(1);
  });

  it('loses nothing when the worker is killed while the bucket hangs, and goes on with the next one', async () => {
    const other = await hub.newTenant();
    tenant = other;
    const events = await Promise.all(
      Array.from({ length: 30 }, (_unused, index) =>
        accept(other.client, { event_id: `e-${index}`, type: 'thing.changed' }),
      ),
    );
    s3.fail({ how: 'hang', method: 'PUT' });
    const before = s3.requests.length;
    await backdate(events, 21);
    await waitUntil(
      'a write that hangs',
      () => Promise.resolve(s3.requests.slice(before).some((line) => line.startsWith('PUT'))),
      30_000,
    );
    const [worker] = hub.workers;
    await worker?.kill();
    s3.heal();
    // The dead one's turn is over for the others after a minute.
    await sql(`update archive_state set lease_until = now()`);
    await worker?.start();
    await waitUntil('the day to have left', haveLeft, 30_000);
    const found = await Promise.all(events.map((_id, index) => publicIdOf(`e-${index}`)));
    const views = await Promise.all(found.map((id) => other.client.get<{ archived: boolean }>(`/v1/events/${id}`)));
    expect(views.map(({ status, body }) => [status, body.archived])).toEqual(events.map(() => [200, true]));
    const [counted] = await sql<{ rows: number }>(
      `select sum(row_count)::integer as rows from archive_objects where tenant_id = $1 and kind = 'events'`,
      [other.uuid],
    );
    expect(counted?.rows).toBe(30);
    // Once the archive has ended too, nobody knows what became of them.
    await sql(`delete from archive_objects where tenant_id = $1 and kind = 'events'`, [other.uuid]);
    const repeated = await other.client.post('/v1/events', { event_id: 'e-0', type: 'thing.changed', data: {} });
    expectProblem(repeated, 409, 'event_deleted');
  });
});
