import { type ConnectorContext } from '@hub/connector-sdk';
import { QuickBooksClient } from './quickbooks.client';
import { CallMeter } from './quickbooks.meter';
import { quickBooksSettings } from './quickbooks.settings';

describe('the limit of a second', () => {
  it('holds calls back for the rest of it, batches among them, and refuses none', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    try {
      const sent: [ms: number, isBatch: boolean][] = [];
      const request = ({ url }: { url: string }) => {
        sent.push([Date.now() - 1_000_000, url.includes('/batch')]);
        return Promise.resolve({ ok: true, value: { status: 200, headers: {}, body: Buffer.from('{}') } });
      };
      const given: ConnectorContext = {
        connectionId: 'con_1',
        config: {},
        credentials: { realm_id: '1', refresh_token: 'canary-refresh', access_token: 'canary-access' },
        oauthApp: null,
        reportLimit: () => undefined,
        http: { request } as unknown as ConnectorContext['http'],
        signal: new AbortController().signal,
      };
      const settings = quickBooksSettings(given);
      if (!settings.ok) throw new Error(settings.error.message);
      const client = new QuickBooksClient(given, settings.value, new CallMeter());
      const calls = Array.from({ length: 23 }, (_, n) =>
        n % 5 === 0 ? client.post('/batch', {}, '{}', true) : client.query('SELECT * FROM Item'),
      );
      await jest.advanceTimersByTimeAsync(10_000);
      expect((await Promise.all(calls)).map(({ result }) => result.ok)).toEqual(Array(23).fill(true));
      expect(sent.map(([ms]) => ms)).toEqual([
        ...Array<number>(10).fill(0),
        ...Array<number>(10).fill(1_000),
        ...Array<number>(3).fill(2_000),
      ]);
      expect(sent.filter(([, isBatch]) => isBatch)).toHaveLength(5);
    } finally {
      jest.useRealTimers();
    }
  });
});
