import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type Database } from '@hub/database';
import { DrainBell } from '@hub/platform';
import { Public } from '../../http/access';
import { APP_DATABASE } from '../../tokens';
import { ApiMetrics } from '../metrics/api-metrics';

const PROBE_MS = 2_000;

interface Check {
  readonly status: 'up' | 'down';
  /** Whether the hub can do its work without it. */
  readonly needed: boolean;
}

@ApiExcludeController()
@Public()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(APP_DATABASE) private readonly database: Database,
    @Inject(DrainBell) private readonly bell: DrainBell,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
  ) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'up' };
  }

  /** The queue is only the bell: without it the hub still accepts and delivers, so it does not make the hub unready. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const [database, queue] = await Promise.all([
      within(this.database.query('select 1')),
      within(this.bell.isReachable()),
    ]);
    const checks: Record<string, Check> = {
      database: { status: database.ok ? 'up' : 'down', needed: true },
      queue: { status: queue.ok && queue.value === true ? 'up' : 'down', needed: false },
    };
    this.metrics.queueUp.set(checks['queue']?.status === 'up' ? 1 : 0);
    const ready = Object.values(checks).every((check) => check.status === 'up' || !check.needed);
    void reply.code(ready ? 200 : 503);
    return { status: ready ? 'up' : 'down', checks };
  }
}

async function within<T>(work: Promise<T>): Promise<{ ok: true; value: T } | { ok: false }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ ok: false }>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false }), PROBE_MS);
  });
  const answer = work.then(
    (value) => ({ ok: true as const, value }),
    () => ({ ok: false as const }),
  );
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}
