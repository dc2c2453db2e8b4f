import { uuidTimeMs, type ObjectStoreErrorCode } from '@hub/platform';

/** Tables of history, in the order in which a day's partitions leave: who points at another goes before it. */
export const ARCHIVE_KINDS = ['attempts', 'hub_events', 'deliveries', 'events'] as const;
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

export interface ArchiveError {
  readonly code:
    | `store_${ObjectStoreErrorCode}`
    /** The tenant's data key cannot be made, found or unwrapped. */
    | 'key_unavailable'
    /** What was read back is not what was written. */
    | 'not_as_written'
    /** An object cannot be opened: it was changed, or sealed for another place. */
    | 'unreadable';
  readonly message: string;
}

/** Days are text, `2026-11-20`, and always of UTC: that is what partitions, manifests and object keys go by. */
export type Day = string;

export interface TenantDay {
  readonly tenantId: string;
  readonly kind: ArchiveKind;
  readonly day: Day;
}

export const DAY_MS = 86_400_000;

/** The day inside a UUIDv7. */
export function dayOf(uuid: string): Day {
  return dayAt(uuidTimeMs(uuid));
}

export function dayAt(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

export function startOf(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

export function daysAfter(day: Day, days: number): Day {
  return dayAt(startOf(day) + days * DAY_MS);
}
