import { DrainBell, queueBackendFrom, silentLogger } from '@hub/platform';
import { ownPort, readServices } from '@hub/testing';
import { workerSettings } from '../settings';
import { startMetrics } from './start-metrics';
import { WorkerObserver } from './worker-metrics';

describe('whether a worker is ready', () => {
  it('is told from the start: not before all sweeps have begun, and not while one does not come through', async () => {
    const port = await ownPort();
    const url = 'postgres://u@127.0.0.1/hub';
    const settings = workerSettings.parse({
      HUB_HOST: '127.0.0.1',
      HUB_METRICS_PORT: String(port),
      HUB_DB_APP_URL: url,
      HUB_DB_ACCEPT_URL: url,
      HUB_DB_DISPATCHER_URL: url,
      HUB_MASTER_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
      HUB_AUDIT_SIGNING_KEY: Buffer.alloc(32).toString('base64'),
      REDIS_URL: readServices().redisUrl,
    });
    const bell = new DrainBell(queueBackendFrom(settings));
    let sweepsMs: readonly number[] | null = null;
    const observer = new WorkerObserver(silentLogger);
    const metrics = await startMetrics({ settings, observer, bell, lastSweepsMs: () => sweepsMs, collectors: [] });
    const ready = async (): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
      const { checks } = (await response.json()) as { checks: { sweeps: { status: string } } };
      return [response.status, checks.sweeps.status];
    };
    try {
      expect(await ready()).toEqual([503, 'down']);
      sweepsMs = [Date.now(), Date.now()];
      expect(await ready()).toEqual([200, 'up']);
      sweepsMs = [Date.now(), Date.now() - 600_000];
      expect(await ready()).toEqual([503, 'down']);
    } finally {
      await metrics.close();
      await bell.close();
    }
  });
});
