import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import {
  accept,
  addMapping,
  addRoute,
  connectSalesforce,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
} from '../support/staged-hub';
import { arrivals, classifiedRow, destination, send } from './destination';
import { faultRow } from './fault-row';
import { expectInvariants, settledDeliveries } from './invariants';
import { residentMiB } from './memory';

let hub: StagedHub;
beforeAll(async () => {
  hub = await stageHub({ queue: 'redis' });
}, 120_000);
afterAll(() => hub?.stop());

classifiedRow(() => hub, '500', { kind: 'respond', status: 500 }, 'http_500');
classifiedRow(() => hub, 'no answer within its time limit', { kind: 'hang' }, 'timeout', { timeout_ms: 1_000 });
classifiedRow(() => hub, 'connection reset', { kind: 'reset' }, 'reset');
classifiedRow(() => hub, 'garbage instead of HTTP', { kind: 'garbage' }, 'protocol');

describe.each([
  ['empty 200', { kind: 'respond', status: 200, body: '' }],
  ['another content type', { kind: 'wrong_content_type' }],
  ['answer of 10 MB', { kind: 'huge_body', bytes: 10 * 1024 * 1024 }],
  ['endless body (1 GiB)', { kind: 'huge_body', bytes: 1024 * 1024 * 1024 }],
])('destination: %s', (_what, rule) => {
  faultRow('is delivered all the same', 'the status says it all; the worker grows by less than 50 MB', async (told) => {
    const there = await destination(hub, [{ ...rule, times: 20 }]);
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
  const there = await destination(hub, [], { url: hub.sandbox.sinkUrl('any').replace('http:', 'https:') });
  const tracked = await send(there);
  const dead = await deliveryWhen(there.tenant.client, tracked, ({ status }) => status === 'dead');
  expect(dead).toMatchObject({ attempts: 3, reason: 'retries_exhausted', last_error: { category: 'transient' } });
  await expectInvariants(hub.database, there.tenant.uuid);
});

faultRow('destination: 429 with Retry-After', 'no attempt is spent, and nothing is called earlier', async (told) => {
  const WAIT_S = 6;
  const limited = { kind: 'respond', status: 429, headers: { 'retry-after': String(WAIT_S) }, times: 1 };
  const there = await destination(hub, [limited], { concurrency: 1 });
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
