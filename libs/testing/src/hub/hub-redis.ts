import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { startRedis, type RunningRedis } from '@hub/local-services';
import { ownPort } from './own-port';

/** A Redis of one hub's own, which can be emptied, stopped, and started again, empty, under the same URL. */
export class HubRedis {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-redis-'));
  private running: RunningRedis | null = null;
  /** As it was at the first start; `start` makes it hold again. */
  url = '';

  async start(): Promise<void> {
    const first = this.url === '';
    const redis = await startRedis({
      dataDir: this.folder,
      persist: false,
      searchPath: process.env['PATH'] ?? '',
      port: first ? await ownPort() : Number(new URL(this.url).port),
    });
    if (redis === null) throw new Error('this machine has no redis-server');
    this.running = redis;
    if (first) this.url = redis.url;
    // Each start makes a new password; whoever waits for this server knows the first.
    else await this.withClient(redis.url, (client) => client.config('SET', 'requirepass', new URL(this.url).password));
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = null;
  }

  async flushAll(): Promise<void> {
    await this.withClient(this.url, (client) => client.flushall());
  }

  /** Every key with everything in it, as one text: for looking for what must not be there. */
  async dump(): Promise<string> {
    return this.withClient(this.url, async (client) => {
      const keys = await client.keys('*');
      const parts = await Promise.all(keys.map(async (key) => `${key} ${await readKey(client, key)}`));
      return parts.join('\n');
    });
  }

  async close(): Promise<void> {
    await this.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(url, { maxRetriesPerRequest: 1 });
    client.on('error', () => undefined);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
}

async function readKey(client: Redis, key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'string':
      return (await client.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await client.hgetall(key));
    case 'list':
      return JSON.stringify(await client.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await client.smembers(key));
    case 'zset':
      return JSON.stringify(await client.zrange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await client.xrange(key, '-', '+'));
    default:
      return '';
  }
}
