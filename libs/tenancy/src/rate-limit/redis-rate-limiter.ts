import { type Redis } from 'ioredis';
import { type Logger, silentLogger } from '@hub/platform';
import { MemoryRateLimiter, type RateLimiter } from './rate-limiter';
import { type LimitDecision } from './token-bucket';

/**
 * `token-bucket.ts` in Lua, for several costs at once, by the clock of Redis: instances' clocks may differ, the bucket
 * must not. One hash for each bucket: `t` tokens, `u` last update in ms, and one field for each second of the window.
 * Returns for each cost: allowed, remaining, the wait in ms, 1 when the window (burst) makes it wait.
 */
export const TAKE = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local limit = tonumber(ARGV[1])
local capacity = limit * 2
local all = redis.call('HGETALL', KEYS[1])
local tokens, updated, window, sum = capacity, now, {}, 0
local second = math.floor(now / 1000)
local oldest = second
for i = 1, #all, 2 do
  local field, value = all[i], tonumber(all[i + 1])
  if field == 't' then tokens = value
  elseif field == 'u' then updated = value
  else
    local at = tonumber(field)
    if at >= second - 60 then window[at] = value; sum = sum + value; oldest = math.min(oldest, at)
    else redis.call('HDEL', KEYS[1], field) end
  end
end
tokens = math.min(capacity, tokens + math.max(0, now - updated) * limit / 60000)
local answers, admitted = {}, 0
local function answer(allowed, remaining, cost, left)
  local wanted, token_wait, window_wait = math.min(cost, capacity), 0, 0
  if wanted > tokens then token_wait = math.floor((wanted - tokens) * 60000 / limit) + 1 end
  if wanted > left then
    local freed = 0
    window_wait = 60000
    for at = oldest, second do
      freed = freed + (window[at] or 0)
      if at == second then freed = freed + admitted end
      if freed >= wanted - left then window_wait = math.max(1, (at + 61) * 1000 - now); break end
    end
  end
  local burst = 0
  if window_wait > token_wait then burst = 1 end
  answers[#answers + 1] = {allowed, remaining, math.max(token_wait, window_wait, 1), burst}
end
for i = 2, #ARGV do
  local cost = tonumber(ARGV[i])
  local left = capacity - sum
  if cost <= tokens and cost <= left then
    tokens = tokens - cost
    sum = sum + cost
    admitted = admitted + cost
    left = left - cost
    local remaining = math.floor(math.min(tokens, left))
    answer(1, remaining, remaining + 1, left)
  else
    answer(0, math.max(0, math.floor(math.min(tokens, left))), cost, left)
  end
end
redis.call('HSET', KEYS[1], 't', string.format('%.17g', tokens), 'u', tostring(now))
if admitted > 0 then redis.call('HINCRBY', KEYS[1], tostring(second), admitted) end
redis.call('EXPIRE', KEYS[1], 130)
return answers`;

type RawAnswer = [allowed: number, remaining: number, waitMs: number, burst: number];

interface Waiting {
  readonly cost: number;
  readonly resolve: (decision: LimitDecision) => void;
}

interface Lane {
  readonly bucket: string;
  readonly limitPerMinute: number;
  waiting: Waiting[];
  busy: boolean;
}

type CommandRedis = Redis & { hubTake(key: string, limit: number, ...costs: number[]): Promise<RawAnswer[]> };

/** What the client carries beside its types. */
interface Wire {
  readonly stream?: { cork(): void; uncork(): void };
}

/**
 * Shared buckets. Requests of one bucket that arrive while a call is under way go together in the next one, so a busy
 * tenant costs one round trip for hundreds of requests; buckets that are asked for in one turn of the event loop share a
 * packet, so thousands of tenants do not cost one each. When Redis is away the process limits by itself and goes on.
 */
export class RedisRateLimiter implements RateLimiter {
  private readonly lanes = new Map<string, Lane>();
  /** With somebody waiting, and no call under way. */
  private ready: Lane[] = [];
  private readonly fallback = new MemoryRateLimiter();
  private readonly redis: CommandRedis;
  private lastWarningMs = 0;

  constructor(
    redis: Redis,
    private readonly keyPrefix = 'hub:limit:',
    private readonly logger: Logger = silentLogger,
    /** Processes that share the limit: while Redis is away, each grants its part. */
    private readonly processes = 1,
  ) {
    redis.defineCommand('hubTake', { numberOfKeys: 1, lua: TAKE });
    this.redis = redis as CommandRedis;
  }

  take(key: string, limitPerMinute: number, cost: number): Promise<LimitDecision> {
    return new Promise((resolve) => {
      const laneKey = `${key} ${limitPerMinute}`;
      let lane = this.lanes.get(laneKey);
      if (lane === undefined) {
        lane = { bucket: key, limitPerMinute, waiting: [], busy: false };
        this.lanes.set(laneKey, lane);
      }
      lane.waiting.push({ cost, resolve });
      if (!lane.busy) this.serveSoon(lane);
    });
  }

  close(): void {
    this.redis.disconnect();
  }

  /** When the event loop has nothing more to read: what came in together is asked for together. */
  private serveSoon(lane: Lane): void {
    lane.busy = true;
    if (this.ready.push(lane) === 1) setImmediate(() => this.serveReady());
  }

  private serveReady(): void {
    const ready = this.ready;
    this.ready = [];
    // Held back until all are written. A pipeline of the client's would do the same, but making one costs more than three calls.
    const { stream } = this.redis as unknown as Wire;
    stream?.cork();
    for (const lane of ready) void this.serve(lane);
    stream?.uncork();
  }

  private async serve(lane: Lane): Promise<void> {
    const batch = lane.waiting.splice(0, 500);
    const answers = await this.ask(lane, batch);
    batch.forEach((waiting, index) => waiting.resolve(answers[index] as LimitDecision));
    if (lane.waiting.length > 0) return this.serveSoon(lane);
    lane.busy = false;
    this.lanes.delete(`${lane.bucket} ${lane.limitPerMinute}`);
  }

  private async ask({ bucket, limitPerMinute }: Lane, batch: readonly Waiting[]): Promise<LimitDecision[]> {
    try {
      // The braces keep one bucket's key on one slot of a Redis Cluster.
      const key = `${this.keyPrefix}{${bucket}}`;
      const raw = await this.redis.hubTake(key, limitPerMinute, ...batch.map((waiting) => waiting.cost));
      return raw.map(([allowed, remaining, waitMs, burst]) => ({
        allowed: allowed === 1,
        remaining,
        waitMs,
        binding: burst === 1 ? 'burst' : 'sustained',
      }));
    } catch (error) {
      this.warn(error);
      const share = Math.max(1, Math.floor(limitPerMinute / this.processes));
      return batch.map((waiting) => this.fallback.takeNow(bucket, share, waiting.cost));
    }
  }

  /** At most one line in ten seconds: a dead Redis must not drown the log. */
  private warn(error: unknown): void {
    if (Date.now() - this.lastWarningMs < 10_000) return;
    this.lastWarningMs = Date.now();
    this.logger.warn('rate limits are kept per process: Redis did not answer', { error });
  }
}
