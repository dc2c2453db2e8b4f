import { createHmac } from 'node:crypto';
import { waitUntil } from '@hub/testing';
import { type FourSystems, type VendorRow } from '../../support/four-systems';
import { unique } from '../../support/staged-hub';

type Format = 'cloudevents' | 'legacy';

const FORMATS: readonly Format[] = ['cloudevents', 'legacy'];
const OF_NOBODY = '9000000000000000001';

interface Attempt {
  readonly outcome: unknown;
  readonly body: string;
}

/** What the vendor sends in each of its formats, written by hand: spaces and escapes that no program would print. */
const SPELLED: Readonly<Record<Format, (realm: string, id: string) => string>> = {
  cloudevents: (realm, id) =>
    `[ {"specversion":"1.0", "id":"88cd52aa-33b6-4351-9aa4-47572edbd068","source":"intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",\n` +
    `  "type":"qbo.cust\\u006fmer.updated.v1","datacontenttype":"application/json","time":"2026-11-20T21:42:19Z",` +
    `"intuitentityid":"${id}","intuitaccountid":"${realm}","data":{ } } ]\r\n`,
  legacy: (realm, id) =>
    `{ "eventNotifications" : [\n {"realmId":"${realm}","dataChangeEvent":{"entities":[ {"name":"Cust\\u006fmer",` +
    `"id":"${id}","operation":"Update","lastUpdated":"2026-11-20T13:42:19-0800"} ]}} ]}\r\n`,
};

/** Both forms that Intuit's webhooks have, at the hub's door: what is believed, and what becomes of it. */
export function describeQuickBooksHooks(stage: () => FourSystems): void {
  describe.each(FORMATS)('QuickBooks webhooks, %s', (format) => {
    let sync: string;
    let realm: string;
    const settings = (wanted: object): Promise<unknown> =>
      stage().control('quickbooks', 'POST', 'webhook', { entities: null, hold: false, disorder: false, ...wanted });
    const log = async (): Promise<readonly Attempt[]> =>
      (await stage().control<{ attempts: Attempt[] }>('quickbooks', 'GET', 'webhook')).attempts;
    const events = async (id: string): Promise<readonly VendorRow[]> => {
      const { client } = stage().tenant;
      const { data } = await client.demand<{ data: { tracking_id: string }[] }>(
        'GET',
        `/v1/events?subject=customer/${id}`,
      );
      return Promise.all(
        data.map(({ tracking_id: event }) => client.demand<VendorRow>('GET', `/v1/events/${event}?include=payload`)),
      );
    };
    const seed = async (name: string): Promise<string> => {
      const records = [{ DisplayName: name }];
      const { ids } = await stage().control<{ ids: string[] }>('quickbooks', 'POST', 'seed', {
        realm: 'acme',
        entity: 'Customer',
        records,
      });
      return ids[0] ?? '';
    };
    const rename = (id: string, name: string): Promise<unknown> =>
      stage().control('quickbooks', 'POST', 'touch', {
        realm: 'acme',
        entity: 'Customer',
        id,
        fields: { DisplayName: name },
      });
    const call = async (body: string, signature: string | null): Promise<number> => {
      const { status } = await stage().tenant.client.send('POST', '/hooks/quickbooks/production', {
        body,
        headers: { authorization: '', ...(signature === null ? {} : { 'intuit-signature': signature }) },
      });
      return status;
    };
    const sign = (body: string, key = stage().webhookVerifier): string =>
      createHmac('sha256', key).update(body).digest('base64');

    beforeAll(async () => {
      const { tenant, connections, control } = stage();
      const { accounts } = await control<{ accounts: { slug: string; realmId: string }[] }>(
        'quickbooks',
        'GET',
        'accounts',
      );
      realm = accounts.find(({ slug }) => slug === 'acme')?.realmId ?? '';
      const { id } = await tenant.client.demand<{ id: string }>('POST', '/v1/syncs', {
        name: unique('hooks'),
        connection_id: connections.quickbooks,
        object: 'Customer',
        // So that nothing but a webhook brings a change before the tests are over.
        interval_seconds: 3_600,
      });
      sync = id;
      await waitUntil(
        'the sync to have begun',
        async () => (await tenant.client.demand<VendorRow>('GET', `/v1/syncs/${id}`))['last_success_at'] !== null,
      );
      await stage().callHooks();
      await settings({ format });
    }, 60_000);
    afterAll(async () => {
      await settings({ format: 'cloudevents', url: null });
      await stage().tenant.client.demand('DELETE', `/v1/syncs/${sync}`);
    });

    it('are one event, however often they are repeated', async () => {
      const id = await seed(unique('Once'));
      await waitUntil('the change to be an event', async () => (await events(id)).length > 0);
      const before = (await log()).length;
      for (let time = 0; time < 3; time++) await stage().control('quickbooks', 'POST', 'webhook/replay');
      await waitUntil('the repeats to be taken', async () => (await log()).length === before + 3);
      expect((await log()).slice(-3).map(({ outcome }) => outcome)).toEqual([200, 200, 200]);
      const after = await seed(unique('After'));
      await waitUntil('what came behind them', async () => (await events(after)).length > 0);
      expect(await events(id)).toHaveLength(1);
    });

    it('end with the newest state, in whatever order they come', async () => {
      await settings({ hold: true });
      const [first, second] = [await seed(unique('First')), await seed(unique('Second'))];
      const last = unique('Renamed');
      for (const name of [unique('Interim'), last]) await rename(first, name);
      await settings({ disorder: true, duplicate: true, max_events_per_post: 1 });
      await waitUntil('all of it to be sent', async () => {
        const { waiting } = await stage().control<{ waiting: unknown[] }>('quickbooks', 'GET', 'webhook');
        return waiting.length === 0;
      });
      await waitUntil('the others to be events', async () => (await events(second)).length > 0);
      const seen = await waitUntil('the newest state', async () => {
        const all = await events(first);
        return JSON.stringify(all).includes(last) ? all : null;
      });
      // Newest first: no older state has come behind a newer one.
      expect(JSON.stringify(seen[0])).toContain(last);
      await settings({ duplicate: false, max_events_per_post: 100 });
    });

    it('of companies that nobody has connected are acknowledged, or those behind them would wait', async () => {
      const emitted = [{ entity: 'Customer', id: '1', operation: 'Update' }];
      await stage().control('quickbooks', 'POST', 'webhook/emit', { realm: OF_NOBODY, events: emitted });
      const told = await waitUntil('the call', async () => (await log()).find(({ body }) => body.includes(OF_NOBODY)));
      expect(told.outcome).toBe(200);
      const id = await seed(unique('Behind'));
      await waitUntil('what came behind it', async () => (await events(id)).length > 0);
    });

    it('are believed by the signature over their very bytes alone', async () => {
      await settings({ url: null });
      const id = await seed(unique('Bytes'));
      const body = SPELLED[format](realm, id);
      const reprinted = JSON.stringify(JSON.parse(body));
      const refused = [
        await call(body, null),
        await call(body, ''),
        await call(body, 'not base64!'),
        await call(body, sign(reprinted)),
        await call(reprinted, sign(body)),
        await call(body, sign(body, 'another-verifier')),
        await call(body.replace(realm, OF_NOBODY), sign(body)),
        await call(`${body} `, sign(body)),
      ];
      expect(refused).toEqual(Array(refused.length).fill(401));
      expect(await events(id)).toEqual([]);
      expect(await call(body, sign(body))).toBe(200);
      await waitUntil('the change to be an event', async () => (await events(id)).length > 0);
      const broken = body.slice(0, -6);
      expect(await call(broken, sign(broken))).toBe(400);
    });
  });
}
