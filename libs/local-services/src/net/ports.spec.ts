import { createServer, type AddressInfo, type Server } from 'node:net';
import { LocalServiceError } from '../errors/local-service.error';
import { assertPortFree, checkPortFree, findFreePort, LOOPBACK } from './ports';

describe('ports', () => {
  let server: Server;
  let taken: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
    taken = (server.address() as AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('names the port, who needs it, and the cure', async () => {
    const free = await checkPortFree(taken, 'the API');
    expect(free).toMatchObject({ ok: false, error: { code: 'PORT_IN_USE' } });
    if (free.ok) return;
    expect(free.error).toBeInstanceOf(LocalServiceError);
    expect(free.error.message).toBe(`port ${taken} is in use, but the API needs it`);
    expect(free.error.cure).toContain('choose another port for the API');
    await expect(assertPortFree(taken, 'the API')).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it('accepts a port once it is released', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect((await checkPortFree(taken, 'the API')).ok).toBe(true);
    await expect(assertPortFree(taken, 'the API')).resolves.toBeUndefined();
    expect(await findFreePort(taken)).toBe(taken);
  });

  it('gives another port when the preferred one is taken', async () => {
    const found = await findFreePort(taken);
    expect(found).not.toBe(taken);
    expect((await checkPortFree(found, 'x')).ok).toBe(true);
  });

  it.each([0, -1, 70_000, 1.5, Number.NaN])('refuses %p as a port', async (port) => {
    expect(await checkPortFree(port, 'the API')).toMatchObject({ ok: false, error: { code: 'INVALID_OPTION' } });
  });
});
