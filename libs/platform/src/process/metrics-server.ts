import http from 'node:http';
import { listening } from './listening';

/** A registry of prom-client, or several that speak as one. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: MetricsSource;
  /** Asked by `/health/ready`; a worker has no other port. */
  readonly ready?: () => Promise<{ readonly ready: boolean; readonly checks: unknown }>;
  /** Brings gauges up to date before they are read. */
  readonly collect?: () => Promise<void>;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `/metrics` for Prometheus, with `/health/live` and `/health/ready`, on a port that is not for the public. */
export async function metricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = http.createServer((request, response) => {
    answer(request.url ?? '/', options).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await listening(
    'HUB_METRICS_PORT',
    options,
    () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, resolve);
      }),
  );
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  url: string,
  options: MetricsServerOptions,
): Promise<{ status: number; type: string; body: string }> {
  if (url === '/metrics') {
    await options.collect?.();
    return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
  }
  if (url === '/health/live') return { status: 200, type: 'application/json', body: '{"status":"up"}' };
  if (url === '/health/ready') {
    const state = (await options.ready?.()) ?? { ready: true, checks: {} };
    return {
      status: state.ready ? 200 : 503,
      type: 'application/json',
      body: JSON.stringify({ status: state.ready ? 'up' : 'down', checks: state.checks }),
    };
  }
  return { status: 404, type: 'text/plain', body: 'not found\n' };
}
