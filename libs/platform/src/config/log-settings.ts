import { z } from 'zod';

export const logSettings = z.object({
  HUB_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export const telemetrySettings = z.object({
  /** Base URL of an OTLP/HTTP collector; traces are off without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});
