import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import {
  accept,
  addMapping,
  addRoute,
  connectSalesforce,
  deliveryWhen,
  eventWhen,
  readEvent,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { faultRow } from './fault-row';
import { expectInvariants, settledDeliveries } from './invariants';
import { residentMiB } from './memory';

/** Retries come soon: what is told of them is that they come, and how often. */
const RETRY = { delays_seconds: [1, 1] };
const OPEN_FOR_MS = 30_000;

interface Destination {
  readonly tenant: StagedTenant;
  readonly connection: string;
  readonly sink: string;
}

let hub: StagedHub;
beforeAll(async () => {
  hub = await stageHub({ queue: 'redis' });
}, 120_000);
afterAll(() => hub?.stop());

/** A tenant of its own whose orders go to a sink that behaves as told. */
async function destination(
  rules: readonly Record<string, unknown>[],
  config: Readonly<Record<string, unknown>> = {},
  retry: object | null = RETRY,
): Promise<Destination> {
  const tenant = await hub.newTenant();
  const sink = unique('sink');
  await hub.sandbox.behave(sink, rules);
  const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/connections', {
    name: sink,
    connector: 'http',
    config: { url: hub.sandbox.sinkUrl(sink), ...config },
  });
  await addRoute(tenant, { event_type: 'order.*', connection_id: id, ...(retry === null ? {} : { retry }) });
  return { tenant, connection: id, sink };
}

const send = ({ tenant }: Destination): Promise<string> => accept(tenant.client, { type: 'order.created' });

async function arrivals({ sink }: Destination): Promise<number[]> {
  return (await hub.sandbox.sink(sink)).requests.map(({ at }) => at);
}

/** Fails, is tried again after a second, and then the destination is well. */
function classifiedRow(
  what: string,
  rule: Record<string, unknown>,
  code: string,
  config = {},
  withinMs = 60_000,
): void {
  faultRow(
    `destination: ${what}`,
    `classified as ${code}; tried again with the same key, and delivered`,
    async (told) => {
      const there = await destination([{ times: 1, ...rule }], config);
      const since = Date.now();
      const tracked = await send(there);
      const failed = await deliveryWhen(
        there.tenant.client,
        tracked,
        ({ last_error: error }) => error !== null,
        withinMs,
      );
      expect(failed.last_error).toMatchObject({ category: 'transient', code });
      told.note(`cut after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
      expect((await eventWhen(there.tenant.client, tracked, settled)).status).toBe('succeeded');
      const { distinct_keys: keys, total } = await hub.sandbox.sink(there.sink);
      expect([keys, total]).toEqual([1, 2]);
      await expectInvariants(hub.database, there.tenant.uuid);
    },
  );
}

classifiedRow('500', { kind: 'respond', status: 500 }, 'http_500');
classifiedRow('no answer within its time limit', { kind: 'hang' }, 'timeout', { timeout_ms: 1_000 });
classifiedRow('connection reset', { kind: 'reset' }, 'reset');
classifiedRow('garbage instead of HTTP', { kind: 'garbage' }, 'protocol');
classifiedRow('slow-loris, a byte every 5 s', { kind: 'slow_drip', ms_per_byte: 5_000 }, 'timeout');

describe.each([
  ['empty 200', { kind: 'respond', status: 200, body: '' }],
  ['another content type', { kind: 'wrong_content_type' }],
  ['answer of 10 MB', { kind: 'huge_body', bytes: 10 * 1024 * 1024 }],
  ['endless body (1 GiB)', { kind: 'huge_body', bytes: 1024 * 1024 * 1024 }],
])('destination: %s', (_what, rule) => {
  faultRow('is delivered all the same', 'the status says it all; the worker grows by less than 50 MB', async (told) => {
    const there = await destination([{ ...rule, times: 20 }]);
    const [worker] = hub.workers;
    const before = residentMiB(worker?.pid ?? 0);
    const tracked = await Promise.all(Array.from({ length: 20 }, () => send(there)));
    for (const id of tracked) expect((await eventWhen(there.tenant.client, id, settled)).status).toBe('succeeded');
    const grown = residentMiB(worker?.pid ?? 0) - before;
    told.note(`20 answers, worker +${Math.max(0, Math.round(grown))} MB`);
    expect(grown).toBeLessThan(50);
  });
});

faultRow('destination: bad TLS', 'classified as tls; retried by the schedule, then dead', async () => {
  const there = await destination([], { url: hub.sandbox.sinkUrl('any').replace('http:', 'https:') });
  const tracked = await send(there);
  const dead = await deliveryWhen(there.tenant.client, tracked, ({ status }) => status === 'dead');
  expect(dead).toMatchObject({ attempts: 3, reason: 'retries_exhausted', last_error: { category: 'transient' } });
  await expectInvariants(hub.database, there.tenant.uuid);
});

faultRow(
  'destination: breaker',
  'opens at 5 failures in a row; ≤ 1 call in 30 s; closes by itself',
  async (told) => {
    const there = await destination([{ kind: 'respond', status: 500 }], { concurrency: 1 }, { delays_seconds: [600] });
    const tracked = await Promise.all(Array.from({ length: 12 }, () => send(there)));
    await waitUntil('five calls', async () => (await arrivals(there)).length >= 5);
    const opened = Date.now();
    await hub.sandbox.behave(there.sink, []);
    await waitUntil('the probe', async () => (await arrivals(there)).length > 5, OPEN_FOR_MS + 20_000);
    const calls = await arrivals(there);
    expect((calls[5] ?? 0) - (calls[4] ?? 0)).toBeGreaterThanOrEqual(OPEN_FOR_MS - 1_000);
    const openDeliveries = async (): Promise<number> => {
      const events = await Promise.all(tracked.map((id) => readEvent(there.tenant.client, id)));
      return events.flatMap(({ deliveries }) => deliveries).filter(({ status }) => status === 'succeeded').length;
    };
    // Seven never were tried while it was open: none of them has lost an attempt.
    await waitUntil('the backlog to go', async () => (await openDeliveries()) === 7);
    told.recovered((Date.now() - opened - OPEN_FOR_MS) / 1_000);
    await expectInvariants(hub.database, there.tenant.uuid);
  },
  120_000,
);

faultRow('destination: 429 with Retry-After', 'no attempt is spent, and nothing is called earlier', async (told) => {
  const WAIT_S = 6;
  const limited = { kind: 'respond', status: 429, headers: { 'retry-after': String(WAIT_S) }, times: 1 };
  const there = await destination([limited], { concurrency: 1 });
  const tracked = [await send(there), await send(there), await send(there)];
  for (const id of tracked) {
    const event = await eventWhen(there.tenant.client, id, settled, 30_000);
    expect(event.deliveries).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
  }
  const [first = 0, second = 0] = await arrivals(there);
  expect(second - first).toBeGreaterThanOrEqual(WAIT_S * 1_000);
  told.note(`next call after ${((second - first) / 1_000).toFixed(1)} s of ${WAIT_S} s`);
});

faultRow(
  'destination: 500s on the default schedule',
  'attempts at 0, +60 s, +300 s, each ±10 %, then dead',
  async (told) => {
    const there = await destination([{ kind: 'respond', status: 500 }], {}, null);
    const tracked = await send(there);
    const dead = await deliveryWhen(there.tenant.client, tracked, ({ status }) => status === 'dead', 420_000);
    expect(dead).toMatchObject({ attempts: 3, reason: 'retries_exhausted' });
    const [first = 0, second = 0, third = 0] = await arrivals(there);
    const waits = [(second - first) / 1_000, (third - second) / 1_000];
    told.note(`after ${waits.map((wait) => wait.toFixed(1)).join(' s and ')} s`);
    // Beside the jitter: the way to the destination, and a bell that may be late by a sweep.
    expect(waits[0]).toBeGreaterThanOrEqual(54);
    expect(waits[0]).toBeLessThanOrEqual(66 + 5);
    expect(waits[1]).toBeGreaterThanOrEqual(270);
    expect(waits[1]).toBeLessThanOrEqual(330 + 5);
  },
  480_000,
);

faultRow(
  'token revoked during a load',
  'parked without an attempt; goes on with new credentials; 0 lost',
  async (told) => {
    const tenant = await hub.newTenant();
    const { id, org } = await connectSalesforce(hub, tenant, 1);
    const prefix = unique('revoked');
    const isOurs = (record: Readonly<Record<string, unknown>>): boolean =>
      String(record['Hub_Id__c']).startsWith(prefix);
    await addRoute(tenant, {
      event_type: 'customer.*',
      connection_id: id,
      operation: 'Account.upsert',
      mapping_id: await addMapping(tenant, '{ "Hub_Id__c": key, "Name": key }'),
    });
    const tracked: string[] = [];
    const post = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) {
        const key = `${prefix}-${tracked.length}`;
        tracked.push(await accept(tenant.client, { type: 'customer.created', data: { key } }));
      }
    };
    await post(50);
    await waitUntil('the first record to arrive', async () => (await hub.sandbox.records('Account', org)).some(isOurs));
    const refreshes = async (): Promise<number> => (await hub.sandbox.calls({ path: '/services/oauth2/token' })).length;
    const refreshesBefore = await refreshes();
    const refused = { type: 'status', status: 400, body: '{"error":"invalid_grant"}' };
    await hub.sandbox.salesforce('POST', 'faults', { match: { path: '/services/oauth2/token' }, action: refused });
    await hub.sandbox.salesforce('POST', 'tokens/expire', { org });
    await post(100);
    await waitUntil('the connection to ask for a person', async () => {
      const connection = await tenant.client.demand<{ status: string }>('GET', `/v1/connections/${id}`);
      return connection.status === 'needs_reauth';
    });
    await delay(2_000);
    expect((await refreshes()) - refreshesBefore).toBe(1);
    await hub.sandbox.salesforce('DELETE', 'faults');
    const account = (await hub.sandbox.accounts())[1];
    await tenant.client.demand('PUT', `/v1/connections/${id}/credentials`, {
      client_id: account?.clientId,
      client_secret: account?.clientSecret,
      refresh_token: account?.refreshToken,
    });
    const since = Date.now();
    expect(await settledDeliveries(hub.database, tenant.uuid, 30_000)).toEqual({ succeeded: tracked.length });
    told.recovered((Date.now() - since) / 1_000);
    const records = (await hub.sandbox.records('Account', org)).filter(isOurs);
    expect(records).toHaveLength(tracked.length);
    await expectInvariants(hub.database, tenant.uuid);
  },
);
