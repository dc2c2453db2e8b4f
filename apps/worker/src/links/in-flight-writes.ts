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

  async settled(tenantId: string, connectionId: string): Promise<boolean> {
    const look = (): Promise<string[]> => this.tenants.run(tenantId, (tx) => findDelivering(tx, connectionId));
    const begun = new Set(await look());
    if (begun.size === 0) return false;
    const deadline = performance.now() + LONGEST_WAIT_MS;
    // Only those that were under way at first: others keep coming, and cannot show in what was read before.
    for (let open = begun.size; open > 0 && performance.now() < deadline;) {
      await delay(LOOK_EVERY_MS);
      open = (await look()).filter((id) => begun.has(id)).length;
    }
    return true;
  }
}
