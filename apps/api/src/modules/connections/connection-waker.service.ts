import { Inject, Injectable } from '@nestjs/common';
import { clearConnectionWaits, ConnectionOpener, type ConnectionRow } from '@hub/connections';
import { DrainBell } from '@hub/platform';
import { clearPullWaits } from '@hub/sync';
import { TenantDb } from '@hub/tenancy';
import { PULL_BELL } from '../syncs/pull-bell.module';

/** A person has mended a connection: what waited for it, to be sent or pulled, is tried at once. */
@Injectable()
export class ConnectionWaker {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(ConnectionOpener) private readonly opener: ConnectionOpener,
    @Inject(DrainBell) private readonly bell: DrainBell,
    @Inject(PULL_BELL) private readonly pullBell: DrainBell,
  ) {}

  async goOn(tenantId: string, row: Pick<ConnectionRow, 'id' | 'status'>): Promise<void> {
    this.opener.forget(tenantId, row.id);
    if (row.status !== 'active') return;
    await this.tenants.run(tenantId, async (tx) => {
      await clearConnectionWaits(tx, row.id);
      await clearPullWaits(tx, row.id);
    });
    const target = { tenantId, connectionId: row.id };
    this.bell.ring(target);
    this.pullBell.ring(target);
  }
}
