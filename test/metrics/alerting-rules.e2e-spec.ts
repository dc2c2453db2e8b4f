import fs from 'node:fs';
import path from 'node:path';
import { appendAudit, systemActor } from '@hub/audit';
import { Database } from '@hub/database';
import { newUuid } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { startTestHub, waitUntil, type TestHub } from '@hub/testing';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../..');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

const { groups } = parse(fs.readFileSync(path.join(ROOT, 'docker/prometheus/hub.rules.yml'), 'utf8')) as {
  groups: { rules: Rule[] }[];
};
const RULES = groups.flatMap(({ rules }) => rules);

/** A rule about a metric that no longer has that name never fires, and nobody notices. */
describe('the alerting rules for Prometheus', () => {
  let hub: TestHub;
  let exposed: string;
  beforeAll(async () => {
    hub = await startTestHub({ queue: 'redis' });
    // Requests are counted from the first on.
    await Promise.all(hub.apis.map(({ url }) => fetch(`${url}/v1/events`)));
    const pages = [...hub.apis, ...hub.workers].map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text());
    exposed = (await Promise.all(pages)).join('\n');
  }, 60_000);
  afterAll(() => hub?.stop());

  it.each(RULES)('$alert asks for metrics that a hub at rest already has', ({ expr }) => {
    const series = exposed.split('\n').filter((line) => line.startsWith('hub_'));
    const asked = [...expr.matchAll(/\b(hub_\w+)(?:\{([^}]*)\})?/g)];
    expect(asked.length).toBeGreaterThan(0);
    for (const [, name = '', matcher = ''] of asked) {
      // What a pattern is to match need not have happened yet.
      const label = matcher.replace(/=~.*/, '=');
      expect(series).toContainEqual(expect.stringMatching(new RegExp(`^${name}(\\{[^}]*${label}[^}]*\\})? `)));
    }
  });

  it('tell of an audit log that is signed no more: a hub at rest goes on with it', async () => {
    const { expr } = RULES.find(({ alert }) => alert === 'HubAuditCheckpointsMissing') ?? {};
    expect(expr).toBe('sum(increase(hub_audit_checkpoints_total[15m])) == 0');
    const app = new Database({ url: hub.database.urls.app, poolSize: 1, applicationName: 'hub-test' });
    const tenantId = newUuid();
    await hub.database.asSuperuser((client) =>
      client.query(`insert into tenants (id, slug, name, tier) values ($1, 'quiet', 'Quiet', 'free')`, [tenantId]),
    );
    const entry = {
      action: 'mapping.published',
      actor: systemActor('retention'),
      target: { type: 'mapping', id: 'map_1' },
    };
    await new TenantDb(app).run(tenantId, (tx) => appendAudit(tx, entry));
    await app.close();
    const signed = async (): Promise<number> => {
      const pages = hub.workers.map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text());
      const counts = (await Promise.all(pages)).map((page) => /^hub_audit_checkpoints_total (\d+)/m.exec(page)?.[1]);
      return counts.reduce((sum, count) => sum + Number(count), 0);
    };
    const chains = await hub.database.asSuperuser(
      async (client) => (await client.query(`select from audit_heads`)).rowCount ?? 0,
    );
    await waitUntil('a checkpoint of each chain', async () => (await signed()) >= chains, 60_000);
    const before = await signed();
    // A minute goes by in which nothing happens.
    await hub.database.asSuperuser((client) =>
      client.query(`update audit_checkpoints set signed_at = signed_at - interval '1 minute'`),
    );
    await waitUntil('another one of each', async () => (await signed()) >= before + chains, 60_000);
  }, 150_000);

  it.each(RULES)('$alert names a runbook that there is', ({ annotations }) => {
    expect(fs.existsSync(path.join(ROOT, annotations.runbook))).toBe(true);
  });
});
