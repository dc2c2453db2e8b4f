import { RequestTemplate } from '../load/events';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { layBacklog } from '../stage/lay-backlog';
import { copyTenant } from '../stage/many-tenants';
import { type Stage } from '../stage/stage';
import { run } from './accept';
import { measurePace, paceTargets, type PaceSetting } from './pace';
import { alternate } from './subject';

const OTHERS = 100;

const EMPTY = 'empty hub';
const ELSEWHERE = 'backlog of others';
const OWN = 'backlog of its own';

/** What a hub with very many due deliveries still accepts and delivers. */
export async function benchBacklog(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  const measure = (lay: (setting: PaceSetting) => Promise<void>): Promise<Figures> =>
    measurePace(stage, options, queue, async (setting) => {
      await lay(setting);
      return [RequestTemplate.of(setting.api.url, setting.tenant.apiKey, run(), 0)];
    });
  const subjects = [
    { name: EMPTY, run: () => measure(async () => undefined) },
    {
      name: ELSEWHERE,
      run: () =>
        measure(async ({ tenant }) => {
          await copyTenant(stage, { model: tenant.id, tenants: OTHERS, connections: 1, status: 'paused' });
          await layBacklog(stage, options.backlog, 'paused');
        }),
    },
    { name: OWN, run: () => measure(() => layBacklog(stage, options.backlog, 'active')) },
  ];
  return {
    name: `backlog of ${options.backlog.toLocaleString('en-US')} (${queue})`,
    rows: await alternate(stage, subjects, options),
    baselines: [EMPTY],
    figure: 'delivered/s',
    targets: [ELSEWHERE, OWN].flatMap((row) => paceTargets(row, EMPTY)),
  };
}
