import 'reflect-metadata';
import { DrainBell, exitWithParent, metricsServer, onStopSignal, startTelemetry, type Logger } from '@hub/platform';
import { assertConfinedRoles, createApp } from './create-app';
import { ApiMetrics } from './modules/metrics/api-metrics';
import { tellWhetherDatabaseIsUp } from './modules/metrics/database-gauge';
import { tellWhetherQueueIsUp } from './modules/metrics/queue-gauge';
import { offerMetricsToGroup } from './processes/group-metrics';
import { GRACE_MS } from './processes/grace';
import { collectStart, growSlowly } from './processes/memory';
import { type ApiSettings } from './settings';
import { ACCEPT_DATABASE, APP_DATABASE, LOGGER, OPERATOR_DATABASE } from './tokens';

/** Answers requests in this process, alone or as one of a group. */
export async function serve(settings: ApiSettings, isOneOfMany: boolean): Promise<void> {
  growSlowly();
  const telemetry = await startTelemetry('hub-api', settings.OTEL_EXPORTER_OTLP_ENDPOINT);
  const app = await createApp(settings);
  const logger = app.get<Logger>(LOGGER);
  await assertConfinedRoles(app);
  const { registry } = app.get(ApiMetrics);
  tellWhetherDatabaseIsUp(registry, [app.get(APP_DATABASE), app.get(ACCEPT_DATABASE), app.get(OPERATOR_DATABASE)]);
  tellWhetherQueueIsUp(registry, app.get(DrainBell));
  const metrics = isOneOfMany
    ? offerMetricsToGroup(registry)
    : await metricsServer({ host: settings.HUB_HOST, port: settings.HUB_METRICS_PORT, registry });
  collectStart();
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
