import { waitUntil } from '@hub/testing';
import { expectInvariants } from '../faults/invariants';
import { expectProblem } from '../support/problems';
import {
  accept,
  addRoute,
  connectSink,
  eventWhen,
  readEvent,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';

const HOUR_MS = 3_600_000;

interface Replay {
  readonly id: string;
  readonly status: string;
  readonly matched: number;
  readonly succeeded: number;
  readonly missing: unknown;
}

describe('what no route took, and what was given up', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let other: StagedTenant;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
    tenant = await hub.newTenant();
    other = await hub.newTenant();
  }, 120_000);
  afterAll(() => hub?.stop());

  const ended = (id: string): Promise<Replay> =>
    waitUntil(
      `replay ${id}`,
      async () => {
        const replay = await tenant.client.demand<Replay>('GET', `/v1/replays/${id}`);
        return ['completed', 'cancelled', 'failed'].includes(replay.status) ? replay : null;
      },
      30_000,
    );
  const lastHour = (routeId: string): { route_id: string; from: string; to: string } => ({
    route_id: routeId,
    from: new Date(Date.now() - HOUR_MS).toISOString(),
    to: new Date(Date.now() + HOUR_MS).toISOString(),
  });
  const typeOfOwn = (): string => `${unique('missing').replaceAll('-', '_')}.made`;

  it('is delivered once by a route that was made too late', async () => {
    const { id: connection, sink } = await connectSink(hub, tenant);
    const type = typeOfOwn();
    const events = [await accept(tenant.client, { type }), await accept(tenant.client, { type })];
    expect(await readEvent(tenant.client, events[0] ?? '')).toMatchObject({ status: 'unrouted' });
    const nothing = await tenant.client.post(`/v1/events/${events[0]}/replay`, { reason: 'by mistake' });
    expectProblem(nothing, 409, 'nothing_to_replay');
    expect(nothing.body).toMatchObject({ detail: expect.stringContaining('missing') as string });

    const route = await addRoute(tenant, { event_type: type, connection_id: connection });
    const missing = lastHour(route);
    const body = { missing, reason: 'The route was made too late' };
    const started = await tenant.client.demand<Replay>('POST', '/v1/replays', body);
    expect(started.missing).toEqual(missing);
    expect(await ended(started.id)).toMatchObject({ status: 'completed', matched: 2, succeeded: 2 });
    for (const event of events)
      expect(await readEvent(tenant.client, event)).toMatchObject({ status: 'succeeded', deliveries: [{}] });
    const again = await tenant.client.demand<Replay>('POST', '/v1/replays', { missing, reason: 'again' });
    expect(await ended(again.id)).toMatchObject({ matched: 0 });
    expect((await hub.sandbox.sink(sink)).total).toBe(2);
    const { data: story } = await tenant.client.demand<{ data: { message: string }[] }>(
      'GET',
      `/v1/events/${events[0]}/timeline`,
    );
    expect(story.map(({ message }) => message)).toContainEqual(expect.stringContaining('had not taken it'));
    expect(await tenant.client.demand('GET', '/v1/balance')).toMatchObject({ balanced: true });
    await expectInvariants(hub.database, tenant.uuid);
  });

  it('is sent after all when it had been cancelled by mistake', async () => {
    const { id: connection, sink } = await connectSink(hub, tenant);
    const type = typeOfOwn();
    await addRoute(tenant, { event_type: type, connection_id: connection });
    await tenant.client.demand('POST', `/v1/connections/${connection}/pause`);
    const event = await accept(tenant.client, { type });
    const [delivery] = (await readEvent(tenant.client, event)).deliveries;
    await tenant.client.demand('POST', `/v1/deliveries/${delivery?.id}/cancel`);
    await tenant.client.demand('POST', `/v1/connections/${connection}/resume`);
    const { id } = await tenant.client.demand<Replay>('POST', `/v1/events/${event}/replay`, { reason: 'by mistake' });
    expect(await ended(id)).toMatchObject({ succeeded: 1 });
    expect(await eventWhen(tenant.client, event, settled)).toMatchObject({ status: 'succeeded' });
    expect((await hub.sandbox.sink(sink)).total).toBe(1);
    await expectInvariants(hub.database, tenant.uuid);
  });

  it('is asked for in one way, of a route that is there and on, in a time that is at hand', async () => {
    const { id: connection } = await connectSink(hub, tenant);
    const route = await addRoute(tenant, { event_type: typeOfOwn(), connection_id: connection });
    const missing = lastHour(route);
    const refused = async (body: object, pointer: string): Promise<void> => {
      const answer = await tenant.client.post('/v1/replays', { reason: 'x', ...body });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.body).toMatchObject({ errors: [{ pointer }] });
    };
    await refused({}, '/filter');
    await refused({ missing, filter: {} }, '/missing');
    await refused({ missing: { ...missing, colour: 'red' } }, '/missing/colour');
    await refused({ missing: { ...missing, to: missing.from } }, '/missing/to');
    await refused({ missing: { ...missing, route_id: connection } }, '/missing/route_id');
    await refused({ missing: { route_id: route, from: missing.from } }, '/missing/to');
    await refused({ missing, mapping: 'original' }, '/mapping');
    await refused({ missing, include_cancelled: true }, '/include_cancelled');
    await refused({ missing, include_succeeded: true }, '/include_succeeded');
    await refused({ missing, expected_count: 2 }, '/expected_count');

    const foreign = await other.client.post('/v1/replays', { missing, reason: 'mine?' });
    expectProblem(foreign, 404, 'not_found');
    expect(foreign.body).toMatchObject({ errors: [{ pointer: '/missing/route_id' }] });

    const left = new Date(Date.now() - 30 * 24 * HOUR_MS).toISOString().slice(0, 10);
    await hub.database.asSuperuser((client) =>
      client.query(`insert into archive_days (tenant_id, kind, day, status) values ($1, 'events', $2, 'sealed')`, [
        tenant.uuid,
        left,
      ]),
    );
    const next = new Date(Date.parse(left) + 24.25 * HOUR_MS).toISOString();
    const tooFar = { missing: { ...missing, from: `${left}T12:00:00.000Z` }, reason: 'all of them' };
    const archived = await tenant.client.post('/v1/replays', tooFar);
    expectProblem(archived, 409, 'event_archived');
    expect(archived.body).toMatchObject({
      detail: expect.stringContaining(next) as string,
      errors: [{ pointer: '/missing/from' }],
    });
    const enough = { missing: { ...missing, from: next }, dry_run: true, reason: 'what is at hand' };
    expect((await tenant.client.post('/v1/replays', enough)).status).toBe(202);

    await tenant.client.demand('PATCH', `/v1/routes/${route}`, { enabled: false });
    expectProblem(await tenant.client.post('/v1/replays', { missing, reason: 'off' }), 409, 'route_disabled');
  });
});
