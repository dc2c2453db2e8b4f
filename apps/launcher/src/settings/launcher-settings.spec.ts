import { readLauncherSettings, type LauncherSettings } from './launcher-settings';

function read(variables: Record<string, string> = {}): LauncherSettings {
  const settings = readLauncherSettings('/srv/project', variables);
  if (!settings.ok) throw new Error(settings.error.join('\n'));
  return settings.value;
}

function problems(variables: Record<string, string>): string[] {
  const settings = readLauncherSettings('/srv/project', variables);
  return settings.ok ? [] : settings.error;
}

describe('launcher settings', () => {
  it('needs nothing to be set', () => {
    expect(read()).toMatchObject({
      apiPort: 3000,
      metricsPort: 3001,
      workerMetricsPort: 3002,
      sandboxPort: 4010,
      vendorPorts: { salesforce: 4011, quickbooks: 4012, netsuite: 4013, erp: 4014 },
      dataFolder: '/srv/project/.hub',
      databaseUrl: null,
      redisUrl: null,
      forcePostgresQueue: false,
      logLevel: 'info',
    });
  });

  it('lets the other ports follow HUB_PORT, so that two hubs need two settings each', () => {
    expect(read({ HUB_PORT: '8000', HUB_SANDBOX_PORT: '9000' }).ports.map(({ port }) => port)).toEqual([
      8000, 8001, 8002, 9000, 9001, 9002, 9003, 9004,
    ]);
    expect(read({ HUB_METRICS_PORT: '7000' })).toMatchObject({ metricsPort: 7000, workerMetricsPort: 7001 });
  });

  it('takes an absolute data folder as it is', () => {
    expect(read({ HUB_DATA_DIR: '/var/lib/hub' }).dataFolder).toBe('/var/lib/hub');
  });

  it('names every fault at once, with its variable', () => {
    const found = problems({ HUB_PORT: 'many', DATABASE_URL: 'mysql://x', HUB_QUEUE: 'kafka' });
    expect(found).toHaveLength(3);
    expect(found.join('\n')).toMatch(/HUB_PORT[\s\S]*DATABASE_URL[\s\S]*HUB_QUEUE/);
  });

  it('refuses two listeners on one port and ports beyond the last', () => {
    expect(problems({ HUB_PORT: '4010' })[0]).toMatch(/HUB_SANDBOX_PORT.*4010/);
    expect(problems({ HUB_PORT: '65534' })[0]).toMatch(/HUB_WORKER_METRICS_PORT: 65536/);
    expect(problems({ HUB_SANDBOX_PORT: '65535' })[0]).toContain('HUB_SANDBOX_PORT');
  });

  it('refuses REDIS_URL together with the queue on PostgreSQL', () => {
    expect(problems({ HUB_QUEUE: 'postgres', REDIS_URL: 'redis://127.0.0.1' })[0]).toContain('HUB_QUEUE');
    expect(read({ HUB_QUEUE: 'postgres' }).forcePostgresQueue).toBe(true);
  });
});
