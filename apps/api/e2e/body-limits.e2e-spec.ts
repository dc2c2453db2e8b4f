import net from 'node:net';
import { waitUntil } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

const KIB = 1_024;
const MIB = 1_024 * KIB;

describe('a body that does not say how long it is', () => {
  let api: InProcessApi;
  let port: number;
  const open: net.Socket[] = [];

  stageInProcessApi(
    async (made) => {
      api = made;
      port = Number(new URL(await api.listen()).port);
    },
    { HUB_TRUST_PROXY: 'loopback' },
  );
  afterEach(() => open.splice(0).forEach((socket) => socket.destroy()));

  /** Sends this much of a body that never ends. @returns what is answered meanwhile; `''` until then */
  function begin(path: string, bytes: number, headers: Record<string, string> = {}): { answer(): string } {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
    open.push(socket);
    socket.on('data', (piece) => (answer += String(piece))).on('error', () => undefined);
    const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
      ([name, v]) => `${name}: ${v}`,
    );
    socket.write([`POST ${path} HTTP/1.1`, 'host: hub', 'transfer-encoding: chunked', ...lines, '', ''].join('\r\n'));
    socket.write(`${bytes.toString(16)}\r\n${' '.repeat(bytes)}\r\n`);
    return { answer: () => answer };
  }

  async function answerTo(path: string, bytes: number, headers: Record<string, string> = {}): Promise<string> {
    const { answer } = begin(path, bytes, headers);
    return waitUntil('the answer', async () => (answer() === '' ? null : answer()));
  }

  it.each([
    ['of a stranger', '/auth/sign-in', 17 * KIB],
    ['of a stranger who spells the path otherwise', '/%761/events/batch', 17 * KIB],
  ])('%s is refused above 16 KiB, and not read on', async (_who, path, bytes) => {
    const answer = await answerTo(path, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body_too_large"');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('of a caller with a key is refused above what the operation takes', async () => {
    const { key } = await api.newTenant();
    const authorization = `Bearer ${key}`;
    expect(await answerTo('/v1/events', 256 * KIB + 1, { authorization })).toMatch(/^HTTP\/1\.1 413 /);
    expect(await answerTo('/v1/events/batch', 16 * MIB + 1, { authorization })).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('for what is not there is not read', async () => {
    for (const type of ['application/json', 'text/plain'])
      expect(await answerTo('/nothing', 1, { 'content-type': type })).toMatch(/^HTTP\/1\.1 404 /);
  });

  describe('of vendors’ calls', () => {
    const path = `/hooks/salesforce/${'a'.repeat(43)}`;
    const from = (n: number): Record<string, string> => ({
      'content-type': 'text/xml',
      'x-forwarded-for': `203.0.113.${n}`,
    });
    const small = async (n: number): Promise<number> =>
      (await api.send(null, 'POST', path, { headers: from(n), payload: '<a/>' })).statusCode;
    const isFree = (): Promise<boolean> =>
      waitUntil('the room to be free', async () => (await small(1)) === 404 && (await small(99)) === 404);

    it('has a room of 8 MiB for those from one address', async () => {
      for (let n = 0; n < 3; n++) begin(path, 4 * MIB, from(1));
      await waitUntil('its room to be full', async () => (await small(1)) === 503);
      expect(await small(99)).toBe(404);
      open.splice(0).forEach((socket) => socket.destroy());
      await isFree();
    });

    it('has a room of 32 MiB in all, which is free again when they are gone', async () => {
      for (let n = 1; n <= 9; n++) begin(path, 4 * MIB, from(n));
      await waitUntil('the room to be full', async () => (await small(99)) === 503);
      open.splice(0).forEach((socket) => socket.destroy());
      await isFree();
    });
  });
});
