import 'reflect-metadata';
import { setPriority } from 'node:os';
import { createLogger, exitWithParent, onStopSignal, settingsOrExit, startTelemetry } from '@hub/platform';
import { workerSettings } from './settings';
import { startWorker } from './worker';

/** A little more than what the worker gives its calls. */
const EXIT_AFTER_MS = 28_000;

async function main(): Promise<void> {
  const settings = settingsOrExit(workerSettings);
  const telemetry = await startTelemetry('hub-worker', settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  // Before the first child, which inherits it.
  setPriority(settings.HUB_WORKER_NICE);
  const logger = createLogger({ name: 'worker', level: settings.HUB_LOG_LEVEL });
  const starting = startWorker(settings, logger);
  // From the first moment: its heartbeat begins while it starts, and a process that ended at once would leave it behind, to be
  // told as one that has fallen silent.
  onStopSignal(async () => {
    logger.info('worker is stopping');
    const worker = await starting;
    await worker.stop();
    await telemetry.stop();
  }, EXIT_AFTER_MS);
  await starting;
  if (settings.HUB_EXIT_WITH_PARENT) exitWithParent();
}

main().catch((error: unknown) => {
  process.stderr.write(`The worker cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
