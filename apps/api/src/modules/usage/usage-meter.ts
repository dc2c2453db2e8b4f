import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { addUsageCounts, floorToHour } from '@hub/delivery';
import { type Logger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { LOGGER } from '../../tokens';

const WRITE_AFTER_MS = 2_000;

interface Counted {
  readonly tenantId: string;
  readonly hour: Date;
  duplicates: number;
  rateLimited: number;
}

/** What leaves no row of its own, added up in memory and written two seconds later, never on a request's own time. */
@Injectable()
export class UsageMeter implements BeforeApplicationShutdown {
  private counted = new Map<string, Counted>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    await this.write();
  }

  duplicates(tenantId: string, count: number): void {
    if (count > 0) this.entry(tenantId).duplicates += count;
  }

  rateLimited(tenantId: string): void {
    this.entry(tenantId).rateLimited++;
  }

  private entry(tenantId: string): Counted {
    const hour = floorToHour(new Date());
    const key = `${tenantId} ${hour.getTime()}`;
    const found = this.counted.get(key) ?? { tenantId, hour, duplicates: 0, rateLimited: 0 };
    this.counted.set(key, found);
    this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
    return found;
  }

  private async write(): Promise<void> {
    this.timer = null;
    const batch = [...this.counted.values()];
    this.counted = new Map();
    for (const { tenantId, hour, ...counts } of batch) {
      await this.tenants
        .run(tenantId, (tx) => addUsageCounts(tx, hour, counts), { relaxedDurability: true })
        .catch((error: unknown) => this.logger.warn('figures of usage were lost', { tenant_id: tenantId, error }));
    }
  }
}
