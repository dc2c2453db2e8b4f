import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { cpuSeconds } from '../stage/cpu-time';
import { type Served, type Stage } from '../stage/stage';
import { alternate } from './subject';

const BARE = 'A: Node.js alone';
const API = 'API';
const WORKER = 'worker';

/** From the start of a program to its first answer that it is ready, and the CPU that it and its children take until then. */
export async function benchStart(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  return {
    name: 'start, until ready',
    rows: await alternate(
      stage,
      [
        { name: BARE, run: () => measure(() => stage.startOwn('bare-server')) },
        { name: API, run: () => measure(() => stage.startApi(queue)) },
        { name: WORKER, run: () => measure(() => stage.startWorker(queue)) },
      ],
      options,
    ),
    baselines: [BARE],
    figure: 'CPU s',
    targets: [],
  };
}

async function measure(start: () => Promise<Served>): Promise<Figures> {
  const startedMs = performance.now();
  const program = await start();
  const readyS = (performance.now() - startedMs) / 1_000;
  const cpuS = cpuSeconds(program.pid);
  await program.stop();
  return { 'ready after s': readyS, ...(cpuS === null ? {} : { 'CPU s': cpuS }) };
}
