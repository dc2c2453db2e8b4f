import { currentTailEdge, type TailEdge, type TailPosition, type TailStretch } from '@hub/delivery';
import { err, ok, problem, type Logger, type Problem, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { LiveStream, type LiveItem, type LiveRequest } from './live-stream';

/** Of one process. */
export interface LiveLimits {
  readonly perTenant: number;
  readonly inAll: number;
}

export const LIVE_LIMITS: LiveLimits = { perTenant: 20, inAll: 200 };

const LOOK_EVERY_MS = 1_000;
const LOOK_TIMEOUT_MS = 5_000;
const BEAT_EVERY_MS = 15_000;
const ASK_EVERY_MS = 3_000;
/** Whoever comes back later than this has to load the list. */
const RESUMED_WITHIN_MS = 5 * 60_000;
/** Rows in one look. More than these nobody can follow. */
const MOST_AT_ONCE = 500;
/** With the database away for this many looks, the line is a lie. */
const MOST_FAILURES = 5;

export interface LiveStreamsOptions {
  /** A pool that neither accepting nor reading one thing depends on. */
  readonly tenants: TenantDb;
  readonly logger: Logger;
  readonly limits?: LiveLimits;
  readonly lookEveryMs?: number;
}

/**
 * All live streams of this process, and the one loop that looks for them. What happened is read from the tables themselves: a
 * stream follows its tenant whichever process did it, and where nobody follows, nobody looks.
 */
export class LiveStreams {
  private readonly streams = new Set<LiveStream>();
  private edge: TailEdge | null = null;
  private timer: NodeJS.Timeout | null = null;
  private turning: Promise<void> = Promise.resolve();
  private failures = 0;
  private askedAt = 0;
  private isStopping = false;

  constructor(private readonly options: LiveStreamsOptions) {}

  get size(): number {
    return this.streams.size;
  }

  /** @param from where the caller was when they lost the line; `null` for one who comes for the first time */
  async open(request: LiveRequest, from: TailPosition | null): Promise<Result<LiveStream, Problem>> {
    const refusal = this.refusal(request.tenantId);
    if (refusal !== null) return err(refusal);
    const now = await this.edgeOf(request.tenantId);
    // Asked again: others may have come meanwhile.
    const late = this.refusal(request.tenantId);
    if (late !== null) return err(late);
    const resumed = from !== null && isResumable(from, now) ? from : null;
    const stream = new LiveStream(request, resumed ?? { edge: now, partly: null }, resumed !== null);
    if (from !== null && resumed === null) stream.skip(now);
    this.streams.add(stream);
    stream.readable.once('close', () => this.streams.delete(stream));
    // It reports to the reply as well; unheard, it would end the process.
    stream.readable.on('error', () => undefined);
    this.lookLater();
    return ok(stream);
  }

  /** Ends them all, and takes no more: a process that stops is not kept by whoever listens. */
  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.timer !== null) clearTimeout(this.timer);
    for (const stream of this.streams) stream.close('stopping');
    await this.turning;
  }

  private refusal(tenantId: string): Problem | null {
    const { perTenant, inAll } = this.options.limits ?? LIVE_LIMITS;
    if (this.isStopping)
      return problem('unavailable', 'stopping', 'This process is stopping.', { retryAfterSeconds: 1 });
    const own = [...this.streams].filter(({ request }) => request.tenantId === tenantId).length;
    if (own < perTenant && this.streams.size < inAll) return null;
    return problem(
      'rate_limited',
      'too_many_streams',
      own < perTenant
        ? `This hub has ${inAll} live streams open, and takes no more.`
        : `Your company has ${perTenant} live streams open: close one of them.`,
      { retryAfterSeconds: 10 },
    );
  }

  private lookLater(): void {
    if (this.timer !== null || this.isStopping || this.streams.size === 0) return;
    this.timer = setTimeout(() => {
      this.turning = this.turn().finally(() => {
        this.timer = null;
        this.lookLater();
      });
    }, this.options.lookEveryMs ?? LOOK_EVERY_MS);
    // Nothing waits for the next look.
    this.timer.unref();
  }

  private async turn(): Promise<void> {
    await this.dismiss();
    try {
      await this.look();
      this.failures = 0;
    } catch (error) {
      this.options.logger.warn('the live streams could not look', {
        error: error instanceof Error ? error.message : String(error),
      });
      if (++this.failures >= MOST_FAILURES) for (const stream of this.streams) stream.close('interrupted');
    }
    for (const stream of this.streams) stream.beat(BEAT_EVERY_MS);
  }

  /** Of whoever may no longer see what they see. */
  private async dismiss(): Promise<void> {
    if (Date.now() - this.askedAt < ASK_EVERY_MS) return;
    this.askedAt = Date.now();
    await Promise.all(
      [...this.streams].map(async (stream) => {
        // A database that does not answer dismisses nobody: what cannot be asked cannot be looked at either.
        const isAllowed = await stream.request.isStillAllowed().catch(() => true);
        if (!isAllowed) stream.close('not_allowed');
      }),
    );
  }

  private async look(): Promise<void> {
    const [first] = this.streams;
    if (first === undefined) return;
    const now = await this.edgeOf(first.request.tenantId);
    for (const group of groupsOf(this.streams)) await this.lookFor(group, now);
  }

  /** Streams of one tenant about one kind of thing, which have all got as far. */
  private async lookFor(group: readonly LiveStream[], now: TailEdge): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { tenantId, topic } = first.request;
    const { edge: from, partly } = first.position;
    const to = partly?.to ?? now;
    if (from.tx === to.tx) return;
    const stretch: TailStretch = { from, to, after: partly?.id ?? null, limit: MOST_AT_ONCE + 1 };
    const told = await this.options.tenants.run(
      tenantId,
      async (tx) => {
        const changed = await topic.changed(tx, stretch);
        if (changed.length > MOST_AT_ONCE) return null;
        const shown = new Map<string, LiveItem[]>();
        for (const { request } of group) {
          const { key, show } = request.topic;
          if (!shown.has(key)) shown.set(key, changed.length === 0 ? [] : await show(tx, changed));
        }
        return shown;
      },
      { statementTimeoutMs: LOOK_TIMEOUT_MS },
    );
    for (const stream of group) {
      if (told === null) stream.skip(to);
      else stream.tell(told.get(stream.request.topic.key) ?? [], to);
    }
  }

  /** The time of an edge is that at which it was first seen: what is beyond it may have begun then. */
  private async edgeOf(tenantId: string): Promise<TailEdge> {
    const seen = await this.options.tenants.run(tenantId, currentTailEdge, { statementTimeoutMs: LOOK_TIMEOUT_MS });
    if (this.edge === null || seen.tx > this.edge.tx) this.edge = seen;
    return this.edge;
  }
}

function groupsOf(streams: ReadonlySet<LiveStream>): LiveStream[][] {
  const groups = new Map<string, LiveStream[]>();
  for (const stream of streams) {
    if (!stream.isOpen) continue;
    const { tenantId, topic } = stream.request;
    const key = JSON.stringify([tenantId, topic.kind, stream.position]);
    groups.set(key, [...(groups.get(key) ?? []), stream]);
  }
  return [...groups.values()];
}

/** Of this cluster, and not too long ago. Another process may have seen the same edge a moment later. */
function isResumable({ edge, partly }: TailPosition, now: TailEdge): boolean {
  const last = partly?.to ?? edge;
  const isBefore = edge.tx <= last.tx && last.tx <= now.tx && edge.at <= last.at;
  return isBefore && now.at - edge.at <= RESUMED_WITHIN_MS && last.at - now.at <= RESUMED_WITHIN_MS;
}
