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
  const worker = await startWorker(settings, logger);
  onStopSignal(async () => {
    logger.info('worker is stopping');
    await worker.stop();
    await telemetry.stop();
  }, EXIT_AFTER_MS);
  if (settings.HUB_EXIT_WITH_PARENT) exitWithParent();
}

main().catch((error: unknown) => {
  process.stderr.write(`The worker cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
