import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DrainBell,
  exitWithParent,
  listening,
  metricsServer,
  onStopSignal,
  startTelemetry,
  type Logger,
  type MetricsServer,
} from '@hub/platform';
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
  const creating = createApp(settings);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= creating.then((app) => app.close()));
  let metrics: Pick<MetricsServer, 'close'> | null = null;
  // From the first moment: its heartbeat begins while it is made, and a process that ended at once would leave it behind, to
  // be told as one that has fallen silent. So would one that cannot listen, whose whole group is then asked to stop.
  onStopSignal(async () => {
    const closed = close();
    (await creating).get<Logger>(LOGGER).info('api is stopping');
    await closed;
    await metrics?.close();
    await telemetry.stop();
  }, GRACE_MS);
  const app = await creating;
  try {
    if (closing === null) metrics = await listenWith(app, settings, isOneOfMany);
  } catch (error) {
    const isAskedToStop = closing !== null;
    await close().catch(() => undefined);
    if (!isAskedToStop) throw error;
  }
  if (closing !== null) return;
  app.get<Logger>(LOGGER).info('api is listening', { host: settings.HUB_HOST, port: settings.HUB_PORT });
  if (settings.HUB_EXIT_WITH_PARENT) exitWithParent();
}

async function listenWith(
  app: NestFastifyApplication,
  { HUB_HOST: host, HUB_PORT: port, HUB_METRICS_PORT: metricsPort }: ApiSettings,
  isOneOfMany: boolean,
): Promise<Pick<MetricsServer, 'close'>> {
  await assertConfinedRoles(app);
  const { registry } = app.get(ApiMetrics);
  tellWhetherDatabaseIsUp(registry, [app.get(APP_DATABASE), app.get(ACCEPT_DATABASE), app.get(OPERATOR_DATABASE)]);
  tellWhetherQueueIsUp(registry, app.get(DrainBell));
  const metrics = isOneOfMany
    ? offerMetricsToGroup(registry)
    : await metricsServer({ host, port: metricsPort, registry });
  collectStart();
  await listening('HUB_PORT', { host, port }, () => app.listen({ host, port }));
  return metrics;
}
