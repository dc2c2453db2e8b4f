import { type LauncherSettings, type Vendor } from '../settings/launcher-settings';

export const LOOPBACK = '127.0.0.1';

export interface Addresses {
  readonly api: string;
  readonly metrics: string;
  readonly workerMetrics: string;
  readonly sandbox: string;
  readonly vendors: Readonly<Record<Vendor, string>>;
}

/** Base URLs of what listens on fixed ports. */
export function addressesOf(settings: LauncherSettings): Addresses {
  const at = (port: number): string => `http://${LOOPBACK}:${port}`;
  return {
    api: at(settings.apiPort),
    metrics: at(settings.metricsPort),
    workerMetrics: at(settings.workerMetricsPort),
    sandbox: at(settings.sandboxPort),
    vendors: Object.fromEntries(
      Object.entries(settings.vendorPorts).map(([vendor, port]) => [vendor, at(port)]),
    ) as Record<Vendor, string>,
  };
}
