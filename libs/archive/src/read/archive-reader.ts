import { deriveKey, ok, type Result } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { dayOf, type ArchiveError, type ArchiveKind } from '../archive.types';
import {
  findObjectsWithEventId,
  findObjectsWithId,
  findObjectsWithRef,
  keysInUse,
  type ObjectPlace,
} from '../objects/archive-objects.repository';
import { probesOf } from '../objects/bloom-filter';
import { rowsOf, type ArchivedRow, type ObjectReader } from './object-reader';

/** An event as the archive has it, with all that belongs to it: from the archive, and what is younger from the database. */
export interface ArchivedEvent {
  readonly event: ArchivedRow;
  /** In order of their making. */
  readonly deliveries: readonly ArchivedRow[];
  /** In order of their making. */
  readonly attempts: readonly ArchivedRow[];
}

/** Filters lie once in 1,500: so many objects are opened for one event id, and the right one is among them. */
const MOST_OPENED = 20;

export interface ArchiveReaderOptions {
  readonly tenants: TenantDb;
  readonly objects: ObjectReader;
}

/** Finds in the archive by id. A tracking id tells the day; what else is searched, manifests and their filters tell. */
export class ArchiveReader {
  constructor(private readonly options: ArchiveReaderOptions) {}

  /** `null` when the archive does not have it, or the tenant's key was destroyed. */
  async findEvent(tenantId: string, trackingId: string): Promise<Result<ArchivedRow | null, ArchiveError>> {
    return this.findRow(tenantId, 'events', trackingId);
  }

  /** The tracking id of an archived delivery's event, or of one that has stayed longer than its event. */
  async eventOfDelivery(tenantId: string, deliveryId: string): Promise<Result<string | null, ArchiveError>> {
    const here = await this.options.tenants.run(tenantId, (tx) => rowsAtHand(tx, 'deliveries', 'id', [deliveryId]));
    if (here[0] !== undefined) return ok(String(here[0]['tracking_id']));
    const found = await this.findRow(tenantId, 'deliveries', deliveryId);
    return found.ok ? ok((found.value?.['tracking_id'] as string | undefined) ?? null) : found;
  }

  /** By the tenant's own event id. As long as there is its idempotency key, that knows the tracking id; after that, the filters do. */
  async findByEventId(tenantId: string, eventId: string): Promise<Result<ArchivedRow | null, ArchiveError>> {
    const trackingId = await this.options.tenants.run(tenantId, (tx) => trackingIdOf(tx, eventId));
    if (trackingId !== null) return this.findEvent(tenantId, trackingId);
    for (const keyId of await this.options.tenants.run(tenantId, keysInUse)) {
      const key = await this.options.objects.keys.byId(tenantId, keyId);
      if (!key.ok) continue;
      const probes = probesOf(deriveKey(key.value.dataKey, 'archive-filters'), eventId);
      const places = await this.options.tenants.run(tenantId, (tx) =>
        findObjectsWithEventId(tx, keyId, probes, MOST_OPENED),
      );
      const found = await this.firstRow(
        tenantId,
        places,
        JSON.stringify(eventId),
        (row) => row['event_id'] === eventId,
      );
      if (!found.ok || found.value !== null) return found;
    }
    return ok(null);
  }

  /** Everything about an event. */
  async readEvent(tenantId: string, trackingId: string): Promise<Result<ArchivedEvent | null, ArchiveError>> {
    const event = await this.findEvent(tenantId, trackingId);
    if (!event.ok || event.value === null) return event.ok ? ok(null) : event;
    const deliveries = await this.rowsPointingAt(tenantId, 'deliveries', 'tracking_id', [trackingId]);
    if (!deliveries.ok) return deliveries;
    const ids = deliveries.value.map((row) => row.id);
    const attempts = await this.rowsPointingAt(tenantId, 'attempts', 'delivery_id', ids);
    if (!attempts.ok) return attempts;
    return ok({ event: event.value, deliveries: deliveries.value, attempts: attempts.value });
  }

  /** Rows of the archive and of the database; where both have one, the database's is younger. */
  private async rowsPointingAt(
    tenantId: string,
    kind: 'deliveries' | 'attempts',
    column: string,
    ids: readonly string[],
  ): Promise<Result<ArchivedRow[], ArchiveError>> {
    if (ids.length === 0) return ok([]);
    const found = new Map<string, ArchivedRow>();
    const here = await this.options.tenants.run(tenantId, (tx) => rowsAtHand(tx, kind, column, ids));
    for (const row of here) found.set(row.id, row);
    const places = await this.placesPointingAt(tenantId, kind, ids);
    if (!places.ok) return places;
    for (const place of places.value) {
      const lines = await this.options.objects.lines(tenantId, place);
      if (!lines.ok) return lines;
      const wanted = new Set(ids);
      for (const row of rowsOf(lines.value ?? [], (line) => ids.some((id) => line.includes(id))))
        if (wanted.has(String(row[column])) && !found.has(row.id)) found.set(row.id, row);
    }
    return ok([...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1)));
  }

  private async placesPointingAt(
    tenantId: string,
    kind: ArchiveKind,
    ids: readonly string[],
  ): Promise<Result<ObjectPlace[], ArchiveError>> {
    const sorted = [...ids].sort();
    const range = { least: sorted[0] ?? '', greatest: sorted[sorted.length - 1] ?? '' };
    const places = await this.options.tenants.run(tenantId, (tx) => findObjectsWithRef(tx, kind, range));
    const kept: ObjectPlace[] = [];
    for (const place of places) if (await this.options.objects.mayHoldAny(tenantId, place, ids)) kept.push(place);
    return ok(kept);
  }

  private async findRow(
    tenantId: string,
    kind: ArchiveKind,
    id: string,
  ): Promise<Result<ArchivedRow | null, ArchiveError>> {
    const places = await this.options.tenants.run(tenantId, (tx) => findObjectsWithId(tx, kind, dayOf(id), id));
    return this.firstRow(tenantId, places, id, (row) => row.id === id);
  }

  private async firstRow(
    tenantId: string,
    places: readonly ObjectPlace[],
    mentions: string,
    is: (row: ArchivedRow) => boolean,
  ): Promise<Result<ArchivedRow | null, ArchiveError>> {
    for (const place of places) {
      const lines = await this.options.objects.lines(tenantId, place);
      if (!lines.ok) return lines;
      const found = rowsOf(lines.value ?? [], (line) => line.includes(mentions)).find(is);
      if (found !== undefined) return ok(found);
    }
    return ok(null);
  }
}

async function trackingIdOf(tx: TenantTx, eventId: string): Promise<string | null> {
  const [row] = await tx.query<{ tracking_id: string }>(
    `select tracking_id from event_keys where tenant_id = $1 and event_id = $2`,
    [tx.tenantId, eventId],
  );
  return row?.tracking_id ?? null;
}

async function rowsAtHand(
  tx: TenantTx,
  kind: 'deliveries' | 'attempts',
  column: string,
  ids: readonly string[],
): Promise<ArchivedRow[]> {
  await tx.query(`select set_config('timezone', 'UTC', true)`);
  const rows = await tx.query<{ row: ArchivedRow }>(
    `select row_to_json(r) as row from ${kind} r where r.tenant_id = $1 and r.${column} = any ($2::uuid[])`,
    [tx.tenantId, ids],
  );
  return rows.map(({ row }) => row);
}
