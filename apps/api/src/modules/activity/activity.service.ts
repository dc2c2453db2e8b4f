import { Inject, Injectable } from '@nestjs/common';
import {
  listConnectionStandings,
  listLimits,
  type ConnectionLimitRow,
  type ConnectionStandingRow,
} from '@hub/connections';
import {
  floorToHour,
  listConnectionHours,
  listDurations,
  type ConnectionHour,
  type DurationsOfHour,
} from '@hub/delivery';
import { countPulledByHour, listSyncs, type PulledHourRow, type SyncRow } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { SEARCH_TENANTS } from '../../tokens';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** As the flow picture shows them. */
const MOST_CONNECTIONS = 200;
const MOST_SYNCS = 500;

export interface Activity {
  readonly to: Date;
  /** Beginnings of all hours, oldest first. */
  readonly hours: readonly Date[];
  readonly durations: readonly DurationsOfHour[];
  readonly connections: readonly ConnectionStandingRow[];
  readonly done: readonly ConnectionHour[];
  readonly pulled: readonly PulledHourRow[];
  readonly syncs: readonly SyncRow[];
  readonly limits: readonly ConnectionLimitRow[];
}

@Injectable()
export class ActivityService {
  constructor(@Inject(SEARCH_TENANTS) private readonly tenants: TenantDb) {}

  read(tenantId: string, to = new Date()): Promise<Activity> {
    const last = floorToHour(to).getTime();
    const hours = Array.from({ length: HOURS }, (_none, index) => new Date(last - (HOURS - 1 - index) * HOUR_MS));
    const since = new Date(last - (HOURS - 1) * HOUR_MS);
    return this.tenants.run(tenantId, async (tx) => ({
      to,
      hours,
      durations: await listDurations(tx, since),
      connections: await listConnectionStandings(tx, MOST_CONNECTIONS),
      done: await listConnectionHours(tx, since),
      pulled: await countPulledByHour(tx, since),
      syncs: await listSyncs(tx, { limit: MOST_SYNCS, before: null }),
      limits: await listLimits(tx, null),
    }));
  }
}
