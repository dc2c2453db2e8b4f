import { classifyDatabaseError } from '@hub/database';
import { wakeWaitingForLinks, type RefusedDuplicate, type WriteBook, type WrittenRecord } from '@hub/delivery';
import { type Logger } from '@hub/platform';
import { findLinkedIds, recordWrites, systemKey, type RecordWrite } from '@hub/sync';
import { type TenantTx } from '@hub/tenancy';
import { writtenSource } from './written-source';

/** Remembers what deliveries write, links it with what it was made from, and wakes who waits for that link. */
export class LinkBook implements WriteBook {
  constructor(private readonly logger: Logger) {}

  async record(tx: TenantTx, connectionId: string, records: readonly WrittenRecord[]): Promise<readonly string[]> {
    const writes = records.flatMap((record) => writesOf(connectionId, record));
    if (writes.length === 0) return [];
    await tx.query('savepoint link_book');
    try {
      const linked = await recordWrites(tx, writes);
      const woken = await wakeWaitingForLinks(tx, linked);
      await tx.query('release savepoint link_book');
      return woken;
    } catch (error) {
      // The database is away: then the settlement is not written either, and both are tried again.
      if (classifyDatabaseError(error) === 'unavailable') throw error;
      await tx.query('rollback to savepoint link_book');
      this.logger.error('links of written records could not be kept', { connection_id: connectionId, error });
      return [];
    }
  }

  async findDuplicates(
    tx: TenantTx,
    connectionId: string,
    refused: readonly RefusedDuplicate[],
  ): Promise<readonly ('linked' | 'unlinked' | null)[]> {
    const sources = refused.map(({ type, delivery, payloadText }) => writtenSource(type, delivery, payloadText).source);
    const known = sources.flatMap((source) => (source === null ? [] : [source]));
    const queries = known.map(({ type, record }) => ({
      from: systemKey(record.system),
      type,
      id: record.recordId,
      system: { connectionId },
    }));
    const ids = new Map(known.map((source, index) => [source, index]));
    const linked = await findLinkedIds(tx, queries, connectionId);
    return sources.map((source) => {
      if (source === null) return null;
      return linked[ids.get(source) ?? -1] == null ? 'unlinked' : 'linked';
    });
  }
}

/**
 * A write is remembered under the type that the operation writes, where a pull will look for it. The mapping may say that
 * it was made from a record of another type (an invoice from an opportunity): then the link is of that type.
 */
function writesOf(connectionId: string, record: WrittenRecord): RecordWrite[] {
  const { type, delivery, externalId, startedAt, version, created } = record;
  const { payloadText, source } = writtenSource(type, delivery, record.payloadText);
  const target = { system: { connectionId, source: '' }, recordId: externalId };
  const write = { payloadText, version, created, startedAt };
  const eventId = delivery.isReplay ? null : delivery.event.eventId;
  const own =
    type === null ? [] : [{ type, target, source: source?.type === type ? source.record : null, eventId, write }];
  const other =
    source === null || source.type === type
      ? []
      : [{ type: source.type, target, source: source.record, eventId, write: null }];
  return [...own, ...other];
}
