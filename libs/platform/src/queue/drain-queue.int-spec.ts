import { Redis } from 'ioredis';
import { readServices, waitUntil } from '@hub/testing';
import { TcpProxy } from '../../../../test/support/tcp-proxy';
import { newUuid } from '../ids/ids';
import { DrainBell } from './drain-queue';

/** A database of Redis that no other suite has anything in: it is emptied. */
const OWN_DATABASE = '/14';

describe('the bell', () => {
  let proxy: TcpProxy;
  let url: string;
  beforeAll(async () => {
    const own = new URL(readServices().redisUrl);
    own.pathname = OWN_DATABASE;
    const redis = new Redis(own.toString());
    await redis.flushdb();
    redis.disconnect();
    proxy = await TcpProxy.start(Number(own.port));
    url = proxy.through(own.toString());
  });
  afterAll(() => proxy?.close());

  it('keeps nothing of what it was asked while the queue could not be opened', async () => {
    proxy.refuse();
    const bell = new DrainBell({ kind: 'redis', url });
    const target = (): { tenantId: string; connectionId: string } => ({ tenantId: newUuid(), connectionId: newUuid() });
    try {
      const asked = [
        bell.ringNow(Array.from({ length: 600 }, target)),
        bell.ringLater(target(), 1_000),
        bell.ringEvery('sync', target(), 1_000),
      ];
      expect(await Promise.all(asked)).toEqual([false, false, false]);
      await expect(bell.counts()).rejects.toThrow();
      proxy.heal();
      await waitUntil('the queue', () => bell.isReachable());
      // In the order in which they are asked: what was kept would be there before.
      expect(await bell.ringNow([target()])).toBe(true);
      expect(await bell.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
    } finally {
      await bell.close();
    }
  }, 30_000);
});
