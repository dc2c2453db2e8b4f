import { gunzipSync } from 'node:zlib';
import { waitUntil, type TestClient } from '@hub/testing';
import { everyAnswer } from '../every-answer';
import { databaseText, expectNone, expectNoneLike, VENDOR_TOKENS } from '../secret-search';
import { accept, addRoute, connectSink, type StagedHub, type StagedTenant } from '../staged-hub';
import { type Canaries } from './canaries';

interface Stage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly canaries: Canaries;
}

const VENDORS = ['salesforce', 'quickbooks', 'netsuite', 'erp'] as const;

/** Comes last: everything that the others have done to the hub is searched. */
export function describeSearch(stage: () => Stage): void {
  const none = (where: string, text: string): void => {
    expect([where, text.length > 0]).toEqual([where, true]);
    expectNone(text, stage().canaries.known);
    expectNoneLike(text, VENDOR_TOKENS);
  };

  it('in what the hub has answered, and in every list and record that it answers now', async () => {
    const { hub, tenant, canaries } = stage();
    none('said', canaries.said.join('\n'));
    const answers = await everyAnswer(tenant.client, '/v1/');
    const paths = [...answers.keys()].join('\n');
    for (const expected of ['/timeline', '/health', '/v1/alerts/', '/notifications', '/v1/audit-log/', '/v1/sso'])
      expect(paths).toContain(expected);
    for (const [path, text] of [...answers, ...(await everyAnswer(hub.operator, '/admin/v1/'))]) none(path, text);
  }, 60_000);

  it('in the exports of the audit log', async () => {
    const { hub, tenant } = stage();
    for (const [client, base] of [
      [tenant.client, '/v1'],
      [hub.operator, '/admin/v1'],
    ] as const) {
      const files = await exported(client, base);
      expect(files).toContain('records-000001.csv');
      expect(files).toContain(base === '/v1' ? 'sso.updated' : 'tenant.created');
      none(base, files);
    }
  }, 60_000);

  it('in the logs, the metrics, the journals of the stand-ins, Redis, and the database as it lies on the disk', async () => {
    const { hub, tenant } = stage();
    const logs = [...hub.apis, ...hub.workers].map(({ output }) => output);
    for (const log of logs) expect(log).toMatch(/"level"/);
    none('logs', logs.join('\n'));
    for (const { metricsUrl } of [...hub.apis, ...hub.workers]) none('metrics', await (await fetch(metricsUrl)).text());
    for (const vendor of VENDORS) none(vendor, await hub.sandbox.vendorText(vendor, 'requests?limit=2000'));
    // With something in the queue while it is searched.
    const { id, sink } = await connectSink(hub, tenant);
    await addRoute(tenant, { event_type: 'queued.*', connection_id: id, retry: { delays_seconds: [600] } });
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500 }]);
    await accept(tenant.client, { type: 'queued.up', data: { marker: 'payload-marker' } });
    const queue = await waitUntil('a job to wait', async () => {
      const dump = (await hub.redis?.dump()) ?? '';
      return dump.includes('connectionId') ? dump : null;
    });
    none('Redis', queue);
    expect(queue).not.toContain('payload-marker');
    none('Postgres', await databaseText(hub.database));
  }, 60_000);
}

/** The files of an export, as one text. */
async function exported(client: TestClient, base: string): Promise<string> {
  const { id } = await client.demand<{ id: string }>('POST', `${base}/audit-exports`, { format: 'csv' });
  const { download } = await waitUntil('the export', async () => {
    const found = await client.demand<{ status: string; download: string }>('GET', `${base}/audit-exports/${id}`);
    return found.status === 'succeeded' ? found : null;
  });
  const archive = await fetch(client.apiUrl + download, { headers: { authorization: `Bearer ${client.key}` } });
  return gunzipSync(Buffer.from(await archive.arrayBuffer())).toString('utf8');
}
