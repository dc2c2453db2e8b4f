import { Inject, Injectable } from '@nestjs/common';
import { clearConnectionWaits, ConnectionOpener, type ConnectionRow } from '@hub/connections';
import { DrainBell } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';

/** A person has mended a connection: what waited for it is tried at once instead of at the sweeper's next turn. */
@Injectable()
export class ConnectionWaker {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(ConnectionOpener) private readonly opener: ConnectionOpener,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  async goOn(tenantId: string, row: Pick<ConnectionRow, 'id' | 'status'>): Promise<void> {
    this.opener.forget(tenantId, row.id);
    if (row.status !== 'active') return;
    await this.tenants.run(tenantId, (tx) => clearConnectionWaits(tx, row.id));
    this.bell.ring({ tenantId, connectionId: row.id });
  }
}
