import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent } from 'undici';
import { createSafeHttp } from './safe-http';
import { TlsAgents, tlsConnectOptions } from './tls-agents';

describe('agents of TLS identities', () => {
  it('are one for each identity: every part of it counts', async () => {
    const agents = new TlsAgents(() => new Agent());
    const identity = { cert: 'cert', key: 'key', passphrase: 'pass', ca: 'ca' };
    const agent = agents.of(identity);
    expect(agents.of({ ...identity })).toBe(agent);
    for (const part of Object.keys(identity)) expect(agents.of({ ...identity, [part]: 'other' })).not.toBe(agent);
    // No part may be taken for another one.
    expect(agents.of({ cert: 'x' })).not.toBe(agents.of({ key: 'x' }));
    await agents.close();
    expect(agent.closed).toBe(true);
  });

  it('are closed when many others have been used since', async () => {
    const agents = new TlsAgents(() => new Agent());
    const [first, kept] = [agents.of({ ca: 'first' }), agents.of({ ca: 'kept' })];
    for (let count = 0; count < 63; count++) {
      agents.of({ ca: String(count) });
      agents.of({ ca: 'kept' });
    }
    expect([first.closed, kept.closed]).toEqual([true, false]);
    await agents.close();
  });

  it('trust the public authorities besides their own', () => {
    expect(tlsConnectOptions({ ca: 'own' }).ca).toEqual([...rootCertificates, 'own']);
    expect(tlsConnectOptions({ cert: 'c', key: 'k' })).toEqual({ cert: 'c', key: 'k' });
  });
});

describe('a call with a TLS identity', () => {
  it('that cannot be read fails as TLS does, and none is made once the client is closed', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const call = () => http.request({ method: 'GET', url, tls: { cert: 'no PEM', key: 'no PEM' } });
    expect(await call()).toMatchObject({ ok: false, error: { kind: 'tls', mayHaveBeenSent: false } });
    await http.close();
    expect(await call()).toMatchObject({ ok: false, error: { kind: 'aborted' } });
    await new Promise((resolve) => server.close(resolve));
  });
});
