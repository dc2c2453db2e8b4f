import { type DrainBell, within } from '@hub/platform';
import { Gauge, type Registry } from 'prom-client';

const PROBE_MS = 2_000;

/** Asks the queue whenever somebody asks for metrics: what was seen before may be over. */
export function tellWhetherQueueIsUp(registry: Registry, bell: DrainBell): void {
  new Gauge({
    name: 'hub_queue_up',
    help: '1 while the queue answers.',
    // Of several processes, the one that is worst off speaks for all.
    aggregator: 'min',
    registers: [registry],
    async collect() {
      const answers = await within(bell.isReachable(), PROBE_MS).catch(() => false);
      this.set(answers ? 1 : 0);
    },
  });
}
