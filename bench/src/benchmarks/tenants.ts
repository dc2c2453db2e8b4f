import { RequestTemplate } from '../load/events';
import { type BenchOptions } from '../options';
import { type Section } from '../report/report';
import { copyTenant } from '../stage/many-tenants';
import { type Stage } from '../stage/stage';
import { run } from './accept';
import { measurePace, paceTargets } from './pace';
import { alternate } from './subject';

const CONNECTIONS_EACH = 5;
const ONE = 'one tenant, one connection';

/** The same events from one tenant, and spread over very many of them and their connections. */
export async function benchTenants(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  const english = (count: number): string => count.toLocaleString('en-US');
  const many = `${english(options.tenants)} tenants, ${english(options.tenants * CONNECTIONS_EACH)} connections`;
  const subjects = [
    {
      name: ONE,
      run: () =>
        measurePace(stage, options, queue, async ({ api, tenant }) => [
          RequestTemplate.of(api.url, tenant.apiKey, run(), 0),
        ]),
    },
    {
      name: many,
      run: () =>
        measurePace(stage, options, queue, async ({ api, tenant }) => {
          const plan = { model: tenant.id, tenants: options.tenants, connections: CONNECTIONS_EACH };
          const copies = await copyTenant(stage, plan);
          await stage.admin.query('vacuum analyze');
          const [ofRun, connections] = [run(), Array.from({ length: CONNECTIONS_EACH }, (_none, k) => k)];
          // Round by round, so that no two requests in a row are of one tenant.
          return connections.flatMap((k) =>
            copies.map(({ apiKey, eventTypes }) => RequestTemplate.of(api.url, apiKey, ofRun, 0, eventTypes[k])),
          );
        }),
    },
  ];
  return {
    name: `tenants (${queue})`,
    rows: await alternate(stage, subjects, options),
    baselines: [ONE],
    figure: 'delivered/s',
    targets: paceTargets(many, ONE),
  };
}
