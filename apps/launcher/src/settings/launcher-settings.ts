import { resolve } from 'node:path';
import { z } from 'zod';
import { environment, err, logSettings, ok, parseSettings, telemetrySettings, type Result } from '@hub/platform';

const HIGHEST_PORT = 65_535;
const port = z.coerce.number().int().min(1).max(HIGHEST_PORT);

const SCHEMA = z
  .object({
    HUB_PORT: port.default(3_000),
    /** Index and HTTP sinks of the sandbox; its vendors listen on the four ports after it. */
    HUB_SANDBOX_PORT: port.default(4_010),
    HUB_METRICS_PORT: port.optional(),
    HUB_WORKER_METRICS_PORT: port.optional(),
    HUB_DATA_DIR: z.string().default('.hub'),
    /** A login that may create roles and databases; without it Postgres runs from the data folder. */
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
      .optional(),
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .optional(),
    /** `postgres` keeps the queue off Redis even where there is one. */
    HUB_QUEUE: z.enum(['auto', 'postgres']).default('auto'),
    /** For a company's own certificate authority; handed on to API and worker. */
    NODE_EXTRA_CA_CERTS: z.string().optional(),
    PATH: z.string().optional(),
  })
  .extend(logSettings.shape)
  .extend(telemetrySettings.shape)
  .refine((settings) => settings.HUB_QUEUE === 'auto' || settings.REDIS_URL === undefined, {
    message: 'HUB_QUEUE=postgres and REDIS_URL contradict each other',
    path: ['HUB_QUEUE'],
  });

export interface PortUse {
  /** The environment variable that moves this port. */
  readonly variable: string;
  readonly port: number;
  /** Who listens there, as a person would say it. */
  readonly purpose: string;
}

export const VENDORS = ['salesforce', 'quickbooks', 'netsuite', 'erp'] as const;
export type Vendor = (typeof VENDORS)[number];

export const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  salesforce: 'Salesforce',
  quickbooks: 'QuickBooks',
  netsuite: 'NetSuite',
  erp: 'ERP',
};

export interface LauncherSettings {
  readonly apiPort: number;
  readonly metricsPort: number;
  readonly workerMetricsPort: number;
  readonly sandboxPort: number;
  /** One for each stand-in: a vendor is at the root of its own. */
  readonly vendorPorts: Readonly<Record<Vendor, number>>;
  /** Every port that is not picked by the system, in the order it is told. */
  readonly ports: readonly PortUse[];
  /** Absolute. */
  readonly dataFolder: string;
  /** As the person wrote it, for texts. */
  readonly shownDataFolder: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly forcePostgresQueue: boolean;
  readonly logLevel: string;
  readonly traceEndpoint: string | null;
  readonly extraCaCerts: string | null;
  readonly searchPath: string | undefined;
}

/**
 * Reads the launcher's settings; every fault is named at once.
 * @param folder what a relative data folder is relative to
 */
export function readLauncherSettings(
  folder: string,
  variables: Readonly<Record<string, string | undefined>> = environment(),
): Result<LauncherSettings, string[]> {
  const parsed = parseSettings(SCHEMA, variables);
  if (!parsed.ok) return parsed;
  const values = parsed.value;
  const metricsPort = values.HUB_METRICS_PORT ?? values.HUB_PORT + 1;
  const workerMetricsPort = values.HUB_WORKER_METRICS_PORT ?? metricsPort + 1;
  const vendorPorts = Object.fromEntries(
    VENDORS.map((vendor, index) => [vendor, values.HUB_SANDBOX_PORT + 1 + index]),
  ) as Record<Vendor, number>;
  const ports: PortUse[] = [
    { variable: 'HUB_PORT', port: values.HUB_PORT, purpose: 'the API' },
    { variable: 'HUB_METRICS_PORT', port: metricsPort, purpose: "the API's metrics" },
    { variable: 'HUB_WORKER_METRICS_PORT', port: workerMetricsPort, purpose: "the worker's metrics" },
    { variable: 'HUB_SANDBOX_PORT', port: values.HUB_SANDBOX_PORT, purpose: 'the sandbox' },
    ...VENDORS.map((vendor) => ({
      variable: 'HUB_SANDBOX_PORT',
      port: vendorPorts[vendor],
      purpose: `the sandbox's ${VENDOR_NAMES[vendor]} (HUB_SANDBOX_PORT + ${vendorPorts[vendor] - values.HUB_SANDBOX_PORT})`,
    })),
  ];
  const problems = portProblems(ports);
  if (problems.length > 0) return err(problems);
  return ok({
    apiPort: values.HUB_PORT,
    metricsPort,
    workerMetricsPort,
    sandboxPort: values.HUB_SANDBOX_PORT,
    vendorPorts,
    ports,
    dataFolder: resolve(folder, values.HUB_DATA_DIR),
    shownDataFolder: values.HUB_DATA_DIR,
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    forcePostgresQueue: values.HUB_QUEUE === 'postgres',
    logLevel: values.HUB_LOG_LEVEL,
    traceEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    extraCaCerts: values.NODE_EXTRA_CA_CERTS ?? null,
    searchPath: values.PATH,
  });
}

function portProblems(ports: readonly PortUse[]): string[] {
  const problems: string[] = [];
  for (const [index, use] of ports.entries()) {
    if (use.port > HIGHEST_PORT) problems.push(`${use.variable}: ${use.port} for ${use.purpose} is not a port`);
    const earlier = ports.slice(0, index).find((other) => other.port === use.port);
    if (earlier !== undefined) {
      problems.push(`${use.variable}: ${use.purpose} and ${earlier.purpose} cannot both have port ${use.port}`);
    }
  }
  return problems;
}
