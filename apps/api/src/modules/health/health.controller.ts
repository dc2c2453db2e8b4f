import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { allAnswer, type Database } from '@hub/database';
import { DrainBell, within } from '@hub/platform';
import { Public } from '../../http/access';
import { ACCEPT_DATABASE, APP_DATABASE } from '../../tokens';

const PROBE_MS = 2_000;
/** Anybody may ask, as often as they like: it must not cost a query each time. */
const KEPT_MS = 1_000;

interface Check {
  readonly status: 'up' | 'down';
  /** Whether the hub can do its work without it. */
  readonly needed: boolean;
}

interface Readiness {
  readonly status: 'up' | 'down';
  readonly checks: Readonly<Record<'database' | 'queue', Check>>;
}

@ApiExcludeController()
@Public()
@Controller('health')
export class HealthController {
  private kept: { readonly readiness: Promise<Readiness>; readonly atMs: number } | null = null;

  constructor(
    @Inject(APP_DATABASE) private readonly database: Database,
    @Inject(ACCEPT_DATABASE) private readonly accepting: Database,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'up' };
  }

  /** The queue is only the bell: without it the hub still accepts and delivers, so it does not make the hub unready. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const nowMs = performance.now();
    if (this.kept === null || nowMs - this.kept.atMs >= KEPT_MS) this.kept = { readiness: this.probe(), atMs: nowMs };
    const readiness = await this.kept.readiness;
    void reply.code(readiness.status === 'up' ? 200 : 503);
    return readiness;
  }

  private async probe(): Promise<Readiness> {
    const [answers, rings] = await Promise.all([
      allAnswer([this.database, this.accepting]),
      within(this.bell.isReachable(), PROBE_MS).catch(() => false),
    ]);
    const database = answers ? 'up' : 'down';
    return {
      status: database,
      checks: {
        database: { status: database, needed: true },
        queue: { status: rings ? 'up' : 'down', needed: false },
      },
    };
  }
}
