import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { TcpProxy } from '../../../test/support/tcp-proxy';
import { Database } from './database';
import { DatabaseUnavailableError } from './sql-errors';

/** A line that dies must be noticed within this; see `reliability.md`. */
const NOTICED_MS = 15_000;

interface Line {
  readonly proxy: TcpProxy;
  readonly pool: Database;
}

// Side by side, because most of it is waiting.
describe('a database connection that dies without being closed', () => {
  let stage: Promise<TestDatabase> | null = null;
  const lines: Line[] = [];
  afterAll(async () => {
    for (const { pool, proxy } of lines) await Promise.all([pool.close(), proxy.close()]);
    await (await stage)?.close();
  });

  async function newLine(): Promise<Line> {
    const { urls } = await (stage ??= createTestDatabase());
    const proxy = await TcpProxy.start(Number(new URL(urls.app).port));
    const line = {
      proxy,
      pool: new Database({ url: proxy.through(urls.app), poolSize: 3, applicationName: 'test' }),
    };
    lines.push(line);
    await open(line, 3);
    return line;
  }
  const open = ({ pool }: Line, count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => pool.query('select pg_sleep(0.05)')));

  it.concurrent('fails what waits on it, and is used no more, nor are its neighbours', async () => {
    const line = await newLine();
    line.proxy.swallow();
    const since = Date.now();
    await expect(line.pool.query('select 1')).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(Date.now() - since).toBeLessThan(NOTICED_MS);
    const again = Date.now();
    await open(line, 3);
    expect(Date.now() - again).toBeLessThan(3_000);
  });

  it.concurrent('is told from a statement that takes its time', async () => {
    const { pool } = await newLine();
    await expect(pool.query('select pg_sleep(6.5)')).resolves.toHaveLength(1);
  });

  it.concurrent('is noticed as well when the server answers nobody any more', async () => {
    const { pool, proxy } = await newLine();
    proxy.swallow(true);
    const since = Date.now();
    await expect(pool.transaction((tx) => tx.query('select 1'))).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(Date.now() - since).toBeLessThan(NOTICED_MS);
    proxy.heal();
    await waitUntil('a connection that works', () =>
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
    );
  });
});
jest.setTimeout(40_000);
