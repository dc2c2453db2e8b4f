import { shortOrLong } from '../support/form';
import {
  accept,
  addMapping,
  addRoute,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../support/staged-hub';
import { faultRow } from './fault-row';
import { expectInvariants } from './invariants';

/** A delivery that NetSuite has refused for its limit waits so long. */
const WAIT_MS = 2_000;
const PATH = '/customer/eid:';
/** The limit in each of the ways in which NetSuite words it: RESTlets, SOAP's names, and REST's own. */
const WORDINGS: readonly (readonly [status: number, code: string])[] = [
  [400, 'SSS_REQUEST_LIMIT_EXCEEDED'],
  [500, 'WS_CONCUR_SESSION_DISALLWD'],
  [400, 'WS_REQUEST_BLOCKED'],
  [429, 'CONCURRENCY_LIMIT_EXCEEDED'],
];

interface Account {
  readonly accountId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  readonly url: string;
}

interface Call {
  readonly at: string;
  readonly path: string;
  readonly status: number | null;
  readonly duration_ms: number;
}

describe('a NetSuite that has no room for more calls', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
    tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    await control('POST', 'reset', { records: false });
    const [account] = (await control<{ accounts: Account[] }>('GET', 'accounts')).accounts;
    const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/connections', {
      name: unique('netsuite'),
      connector: 'netsuite',
      config: { account_id: account?.accountId, subsidiary_id: '1', api_url: account?.url, concurrency: 5 },
      credentials: {
        consumer_key: account?.clientId,
        consumer_secret: account?.clientSecret,
        token_id: account?.tokenId,
        token_secret: account?.tokenSecret,
      },
    });
    await addRoute(tenant, {
      event_type: 'customer.*',
      connection_id: id,
      operation: 'customer.upsert',
      mapping_id: await addMapping(tenant, '{ "externalId": key, "companyName": key }'),
    });
  }, 120_000);
  afterAll(() => hub?.stop());

  faultRow('its limit, however it is worded', 'no attempt is spent, and nothing is called earlier', async (told) => {
    const waits: number[] = [];
    for (const [status, code] of shortOrLong(WORDINGS.slice(0, 2), WORDINGS)) {
      await control('DELETE', 'requests');
      const body = JSON.stringify({ 'o:errorDetails': [{ detail: 'Too many.', 'o:errorCode': code }] });
      await control('POST', 'faults', { match: { path: PATH }, times: 3, action: { type: 'status', status, body } });
      await expectDelivered(await send(6));
      const repeats = await repeatsOf(status);
      expect(repeats).toHaveLength(3);
      waits.push(...repeats);
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(WAIT_MS);
    told.note(`next call after ${(Math.min(...waits) / 1_000).toFixed(1)} s of ${WAIT_MS / 1_000} s`);
    await expectInvariants(hub.database, tenant.uuid);
  });

  faultRow(
    'room for 2 calls of 5',
    'no attempt is spent; fewer calls at once, as long as there is no room',
    async (told) => {
      await control('POST', 'settings', { concurrency_limit: 5, background_concurrency: 3, write_delay_ms: 50 });
      await control('DELETE', 'concurrency');
      await expectDelivered(await send(40));
      const { accounts } = await control<{ accounts: { peak: number; refused: number }[] }>('GET', 'concurrency');
      const [{ peak = 0, refused = 0 } = {}] = accounts;
      told.note(`40 deliveries, ${refused} calls refused`);
      expect(peak).toBe(2);
      expect(refused).toBeLessThanOrEqual(10);
      await expectInvariants(hub.database, tenant.uuid);
    },
  );

  function control<T>(method: string, path: string, body?: object): Promise<T> {
    return hub.sandbox.vendor<T>('netsuite', method, path, body);
  }

  function send(count: number): Promise<string[]> {
    const key = unique('customer');
    return Promise.all(
      Array.from({ length: count }, (_, n) =>
        accept(tenant.client, { type: 'customer.created', data: { key: `${key}-${n}` } }),
      ),
    );
  }

  async function expectDelivered(tracked: readonly string[]): Promise<void> {
    for (const id of tracked) {
      const { deliveries } = await eventWhen(tenant.client, id, settled, 60_000);
      expect(deliveries).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
    }
  }

  /** How long after each refusal the same record was sent again. */
  async function repeatsOf(status: number): Promise<number[]> {
    const { entries } = await control<{ entries: Call[] }>('GET', `requests?limit=2000&path=${PATH}`);
    return entries.flatMap((refused, index) => {
      if (refused.status !== status) return [];
      const again = entries.slice(index + 1).find(({ path }) => path === refused.path);
      return [again === undefined ? NaN : Date.parse(again.at) - Date.parse(refused.at)];
    });
  }
});
