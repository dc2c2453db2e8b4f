import cluster from 'node:cluster';
import { settingsOrExit } from '@hub/platform';
import { processCount } from './processes/process-count';
import { runGroup } from './processes/run-group';
import { apiSettings } from './settings';

async function main(): Promise<void> {
  const settings = settingsOrExit(apiSettings);
  const processes = processCount(settings.HUB_API_PROCESSES, settings.REDIS_URL !== undefined);
  if (cluster.isPrimary && processes > 1) return runGroup(settings, processes);
  // Not loaded by the first process of a group, which needs none of it and stays small.
  const { serve } = await import('./serve');
  await serve(settings, cluster.isWorker);
}

main().catch((error: unknown) => {
  process.stderr.write(`The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
