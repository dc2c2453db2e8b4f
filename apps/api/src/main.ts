import 'reflect-metadata';
import {
  exitWithParent,
  metricsServer,
  onStopSignal,
  settingsOrExit,
  startTelemetry,
  type Logger,
} from '@hub/platform';
import { assertConfinedRoles, createApp } from './create-app';
import { ApiMetrics } from './modules/metrics/api-metrics';
import { apiSettings } from './settings';
import { LOGGER } from './tokens';

/** Time for requests under way when the process is asked to stop. */
const GRACE_MS = 25_000;

async function main(): Promise<void> {
  const settings = settingsOrExit(apiSettings);
  const telemetry = startTelemetry('hub-api', settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  const app = await createApp(settings);
  const logger = app.get<Logger>(LOGGER);
  await assertConfinedRoles(app);
  const metrics = await metricsServer({
    host: settings.HUB_HOST,
    port: settings.HUB_METRICS_PORT,
    registry: app.get(ApiMetrics).registry,
  });
  await app.listen({ host: settings.HUB_HOST, port: settings.HUB_PORT });
  logger.info('api is listening', { host: settings.HUB_HOST, port: settings.HUB_PORT });
  const stop = async (): Promise<void> => {
    logger.info('api is stopping');
    await app.close();
    await metrics.close();
    await telemetry.stop();
  };
  onStopSignal(stop, GRACE_MS);
  if (settings.HUB_EXIT_WITH_PARENT) exitWithParent();
}

main().catch((error: unknown) => {
  process.stderr.write(`The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
