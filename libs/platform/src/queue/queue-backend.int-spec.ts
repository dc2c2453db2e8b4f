import { type Redis } from 'ioredis';
import { readServices, waitUntil } from '@hub/testing';
import { TcpProxy } from '../../../../test/support/tcp-proxy';
import { connectImpatiently } from './queue-backend';

/** A line that dies must be noticed within this. */
const NOTICED_MS = 15_000;

describe('an impatient connection to Redis', () => {
  let proxy: TcpProxy;
  let redis: Redis;
  beforeAll(async () => {
    const { redisUrl } = readServices();
    proxy = await TcpProxy.start(Number(new URL(redisUrl).port));
    redis = connectImpatiently(proxy.through(redisUrl));
  });
  afterAll(async () => {
    redis?.disconnect();
    await proxy?.close();
  });

  const answers = (): Promise<boolean> =>
    redis.ping().then(
      () => true,
      () => false,
    );

  it('that dies without being closed is opened anew, and nobody waits long for it', async () => {
    await waitUntil('a connection', answers);
    proxy.swallow();
    const since = Date.now();
    expect(await answers()).toBe(false);
    expect(Date.now() - since).toBeLessThan(NOTICED_MS / 3);
    await waitUntil('another connection', answers, NOTICED_MS);
  }, 40_000);
});
