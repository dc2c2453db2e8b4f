import { setTimeout as delay } from 'node:timers/promises';
import { findDelivering } from '@hub/delivery';
import { type InFlightWrites } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';

/** A worker that dies in a call is found out within its lease of 10 s; its delivery then tells by itself what became of it. */
const LONGEST_WAIT_MS = 12_000;
const LOOK_EVERY_MS = 50;

/** What a pulled page shows may be a write of ours whose answer is still under way. */
export class DeliveriesInFlight implements InFlightWrites {
  constructor(private readonly tenants: TenantDb) {}

  async underWay(tenantId: string, connectionId: string): Promise<ReadonlySet<string>> {
    return new Set(await this.tenants.run(tenantId, (tx) => findDelivering(tx, connectionId)));
  }

  /** Others keep coming, and cannot show in what was read before. */
  async settled(tenantId: string, connectionId: string, writes: ReadonlySet<string>): Promise<void> {
    const deadline = performance.now() + LONGEST_WAIT_MS;
    for (let open = writes.size; open > 0 && performance.now() < deadline;) {
      await delay(LOOK_EVERY_MS);
      const delivering = await this.underWay(tenantId, connectionId);
      open = [...writes].filter((id) => delivering.has(id)).length;
    }
  }
}
