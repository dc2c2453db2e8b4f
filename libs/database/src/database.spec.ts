import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Database } from './database';

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const LET_IN = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const GOOD_BYE = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

describe('a server that stops', () => {
  let server: Server;
  let database: Database;
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([LET_IN, GOOD_BYE])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    database = new Database({ url: `postgres://hub@127.0.0.1:${port}/hub`, poolSize: 1, applicationName: 'test' });
  });
  afterEach(async () => {
    await database.close();
    server.close();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['statement', () => database.query('select 1')],
    ['transaction', () => database.transaction((tx) => tx.query('select 1'))],
    ['exchange', () => database.exchange('', { name: 'one', sql: 'select 1', values: [] })],
  ])('in the packet that lets a connection in, fails its %s and not the process', async (_what, ask) => {
    await expect(ask()).rejects.toMatchObject({ name: 'DatabaseUnavailableError' });
  });
});
