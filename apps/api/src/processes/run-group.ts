import { createLogger, exitWithParent, metricsServer, onStopSignal } from '@hub/platform';
import { type ApiSettings } from '../settings';
import { groupRegistry } from './group-metrics';
import { GROUP_GRACE_MS } from './grace';
import { ProcessGroup } from './process-group';

/** The first of several processes: starts the others, tells their figures, and stops them. */
export async function runGroup(settings: ApiSettings, processes: number): Promise<void> {
  const logger = createLogger({ level: settings.HUB_LOG_LEVEL, name: 'api' });
  const metrics = await metricsServer({
    host: settings.HUB_HOST,
    port: settings.HUB_METRICS_PORT,
    registry: groupRegistry(),
  });
  const group = new ProcessGroup({
    processes,
    // The parent is the first process's; the others end with that one.
    env: { HUB_EXIT_WITH_PARENT: 'false' },
    logger,
    onGivenUp: (reason) => {
      logger.error('api stops', { reason });
      void group.stop().finally(() => process.exit(1));
    },
  });
  onStopSignal(async () => {
    await group.stop();
    await metrics.close();
  }, GROUP_GRACE_MS);
  if (settings.HUB_EXIT_WITH_PARENT) exitWithParent();
  await group.start();
  logger.info('api is running', { count: processes });
}
