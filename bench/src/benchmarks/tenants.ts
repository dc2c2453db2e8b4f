import { RequestTemplate } from '../load/events';
import { zipfOrder } from '../load/zipf';
import { type BenchOptions } from '../options';
import { type Section } from '../report/report';
import { copyTenant, type CopiedTenant } from '../stage/many-tenants';
import { type Stage } from '../stage/stage';
import { run } from './accept';
import { measurePace, paceTargets } from './pace';
import { alternate } from './subject';

const CONNECTIONS_EACH = 5;
const ONE = 'one tenant, one connection';

/** One request of a round: which tenant sends, and for which of its connections. */
type Turn = readonly [tenant: number, connection: number];

/** What very many tenants and their connections cost: by being there, and by sending. */
export async function benchTenants(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  const english = (count: number): string => count.toLocaleString('en-US');
  const all = `${english(options.tenants)} tenants, ${english(options.tenants * CONNECTIONS_EACH)} connections`;
  const crowded = (name: string, turns: readonly Turn[]) => ({
    name,
    run: () =>
      measurePace(stage, options, queue, async ({ api, tenant }) => {
        const plan = { model: tenant.id, tenants: options.tenants, connections: CONNECTIONS_EACH };
        const copies = await copyTenant(stage, plan);
        await stage.admin.query('vacuum analyze');
        const ofRun = run();
        const send = ({ apiKey, eventTypes }: CopiedTenant, connection: number): RequestTemplate =>
          RequestTemplate.of(api.url, apiKey, ofRun, 0, eventTypes[connection]);
        return turns.map(([index, connection]) => send(at(copies, index), connection));
      }),
  });
  const [alone, skewed, even] = [`${all}: one sends`, `${all}: by Zipf’s law`, `${all}: all alike`];
  const subjects = [
    {
      name: ONE,
      run: () =>
        measurePace(stage, options, queue, async ({ api, tenant }) => [
          RequestTemplate.of(api.url, tenant.apiKey, run(), 0),
        ]),
    },
    crowded(alone, [[0, 0]]),
    crowded(skewed, inTurn(zipfOrder(options.tenants, options.tenants * CONNECTIONS_EACH))),
    crowded(even, evenly(options.tenants)),
  ];
  return {
    name: `tenants (${queue})`,
    rows: await alternate(stage, subjects, options),
    baselines: [ONE],
    figure: 'delivered/s',
    targets: [alone, skewed, even].flatMap((row) => paceTargets(row, ONE)),
  };
}

/** Round by round, so that no two requests in a row are of one tenant. */
function evenly(tenants: number): Turn[] {
  return inTurn(Array.from({ length: tenants * CONNECTIONS_EACH }, (_none, k) => k % tenants));
}

/** Each tenant’s requests go round by its connections. */
function inTurn(tenants: readonly number[]): Turn[] {
  const sent = new Map<number, number>();
  return tenants.map((tenant) => {
    const before = sent.get(tenant) ?? 0;
    sent.set(tenant, before + 1);
    return [tenant, before % CONNECTIONS_EACH];
  });
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no tenant ${index}`);
  return item;
}
