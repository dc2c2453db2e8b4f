import { createServer, type AddressInfo, type Server } from 'node:net';
import { LauncherError } from '../launcher-error';
import { assertPortsFree } from './ports';

describe('assertPortsFree', () => {
  let servers: Server[];
  let ports: number[];
  beforeEach(async () => {
    servers = [createServer(), createServer()];
    await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
    ports = servers.map((server) => (server.address() as AddressInfo).port);
  });
  afterEach(() => Promise.all(servers.map((server) => new Promise((done) => server.close(done)))));

  const uses = () => [
    { variable: 'HUB_PORT', port: ports[0] ?? 0, purpose: 'the API' },
    { variable: 'HUB_SANDBOX_PORT', port: ports[1] ?? 0, purpose: 'the sandbox' },
  ];

  it('names every port that is taken, for whom, and the variable that moves it', async () => {
    const refusal = await assertPortsFree(uses(), 0).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LauncherError);
    const { message, cure } = refusal as LauncherError;
    expect(message).toContain(`${ports[0]} for the API`);
    expect(message).toContain(`${ports[1]} for the sandbox`);
    expect(cure).toContain('HUB_PORT, HUB_SANDBOX_PORT');
  });

  it('waits for ports that are about to become free', async () => {
    const free = assertPortsFree(uses(), 10_000);
    servers.forEach((server) => server.close());
    await expect(free).resolves.toBeUndefined();
  });
});
