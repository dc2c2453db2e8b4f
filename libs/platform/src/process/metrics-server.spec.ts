import { metricsServer } from './metrics-server';

const registry = { contentType: 'text/plain', metrics: () => Promise.resolve('') };

describe('the server of metrics', () => {
  it('names the setting of a port that it cannot have', async () => {
    const first = await metricsServer({ host: '127.0.0.1', port: 0, registry });
    const refused = await metricsServer({ host: '127.0.0.1', port: first.port, registry }).catch(String);
    await first.close();
    expect(refused).toBe(
      `Error: cannot listen on 127.0.0.1:${first.port} (EADDRINUSE), which HUB_HOST and HUB_METRICS_PORT say`,
    );
  });
});
