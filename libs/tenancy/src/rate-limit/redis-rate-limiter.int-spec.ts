import { randomUUID } from 'node:crypto';
import { type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { readServices } from '@hub/testing';
import { RedisRateLimiter } from './redis-rate-limiter';

describe('Redis rate limiter', () => {
  const clients: Redis[] = [];
  const limiter = (): RedisRateLimiter => {
    const client = new Redis(readServices().redisUrl);
    clients.push(client);
    return new RedisRateLimiter(client, 'test:limit:');
  };
  afterAll(() => clients.forEach((client) => client.disconnect()));

  it('admits 200 of a greedy client over three instances, and refuses the 201st with a wait', async () => {
    const instances = [limiter(), limiter(), limiter()];
    const bucket = randomUUID();
    const decisions = await Promise.all(
      Array.from({ length: 300 }, (_unused, index) => (instances[index % 3] as RedisRateLimiter).take(bucket, 100, 1)),
    );
    // The bucket refills while the test runs: one token in 0.6 s, but never above 2L in the window.
    expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(200);
    const refused = decisions.find((decision) => decision?.allowed === false);
    expect(refused?.waitMs).toBeGreaterThan(0);
    expect(refused?.binding).toBe('burst');
  });

  it('refuses a batch larger than what is left, whole, and takes a smaller one', async () => {
    const one = limiter();
    const bucket = randomUUID();
    expect(await one.take(bucket, 100, 180)).toMatchObject({ allowed: true, remaining: 20 });
    expect(await one.take(bucket, 100, 21)).toMatchObject({ allowed: false });
    expect(await one.take(bucket, 100, 20)).toMatchObject({ allowed: true });
  });

  it('asks once for what came in together', async () => {
    const one = limiter();
    const calls = jest.spyOn(clients.at(-1) as unknown as { hubTake: () => Promise<unknown> }, 'hubTake');
    const bucket = randomUUID();
    await Promise.all(Array.from({ length: 100 }, () => one.take(bucket, 100, 1)));
    expect(calls).toHaveBeenCalledTimes(1);
    expect(await one.take(bucket, 100, 1)).toMatchObject({ allowed: true, remaining: 99 });
  });

  it('asks in one packet for buckets that come in together, each by its own limit', async () => {
    const one = limiter();
    // Connected, and the script known: what follows is what a running hub does.
    await one.take(randomUUID(), 100, 1);
    const { stream } = clients.at(-1) as unknown as { stream: Socket };
    const packets = jest.spyOn(stream, '_writev' as never);
    const buckets = Array.from({ length: 20 }, () => randomUUID());
    const decisions = await Promise.all(
      buckets.flatMap((bucket, index) => [one.take(bucket, 100 + index, 1), one.take(bucket, 100 + index, 2)]),
    );
    expect(packets).toHaveBeenCalledTimes(1);
    const expected = buckets.flatMap((_bucket, index) => [199 + 2 * index, 197 + 2 * index]);
    expect(decisions.map(({ remaining }) => remaining)).toEqual(expected);
  });

  it('goes on by itself when Redis is away', async () => {
    const dead = new Redis({
      port: 1,
      host: '127.0.0.1',
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 1_000,
    });
    dead.on('error', () => undefined);
    clients.push(dead);
    const alone = new RedisRateLimiter(dead, 'test:limit:');
    expect(await alone.take('x', 100, 200)).toMatchObject({ allowed: true, remaining: 0 });
    expect(await alone.take('x', 100, 1)).toMatchObject({ allowed: false });
    const both = await Promise.all([alone.take('x', 100, 1), alone.take('y', 100, 200)]);
    expect(both.map(({ allowed }) => allowed)).toEqual([false, true]);
  });
});
