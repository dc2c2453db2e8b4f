import { type ConnectorError, type PulledRecord } from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { askForChanges } from './erp.changes';
import { type ErpCall, type ErpClient } from './erp.client';
import { entityType, type Entity } from './erp.contract';
import { type RunState } from './erp.cursor';
import { UNREADABLE_ANSWER } from './erp.errors';
import { documentIdOf, idOfRecord } from './erp.ids';
import { nextStep } from './erp.next-step';
import { type Pacer } from './erp.pacer';
import { pulledRecord, pulledRecords } from './erp.pulled';
import { KEY_OF, readRecord } from './erp.record';

/** From so many on, a listing costs fewer calls. */
const LISTING_FROM = 10;

export type Readable = Exclude<Entity, 'Payment'>;

export interface FoundRecord {
  /** Null where there is none. */
  readonly result: Result<JsonObject | null, ConnectorError>;
  readonly exchange: ErpCall['exchange'];
}

/** One record, by number or by reference. */
export async function findRecord(
  client: ErpClient,
  entity: Readable,
  by: { readonly key: string } | { readonly extRef: string },
): Promise<FoundRecord> {
  const args = 'key' in by ? { [KEY_OF[entity]]: by.key } : { ExtRef: by.extRef };
  const { result, exchange } = await client.call(entity === 'Customer' ? 'GetCustomer' : 'GetInvoice', args);
  if (!result.ok) {
    const isMissing = result.error.code === 'ERP-1404';
    return { result: isMissing ? ok(null) : result, exchange };
  }
  const found = result.value[entity];
  if (found === undefined || found === null) return { result: ok(null), exchange };
  return {
    result: ok(readRecord(entityType(client.contract, entity), found, client.settings.numberFormat)),
    exchange,
  };
}

/**
 * Records by id, those that exist. The contract reads single customers and invoices; payments, and many at once, are looked
 * for in a whole listing.
 */
export async function readByIds(
  client: ErpClient,
  pacer: Pacer,
  entity: Entity,
  ids: readonly string[],
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  if (ids.length === 0) return ok([]);
  if (entity === 'Payment' || ids.length >= LISTING_FROM) return fromListing(client, pacer, entity, new Set(ids));
  const records: PulledRecord[] = [];
  for (const id of new Set(ids)) {
    await pacer.wait(client.connectionId, client.settings.gapMs, client.signal);
    const { result } = await findRecord(client, entity, { key: documentIdOf(id, client.settings).number });
    if (!result.ok) return result;
    // Of a number that is given out anew each year, the system answers with one: it may be another year's.
    if (result.value !== null && idOfRecord(entity, result.value, client.settings) === id) {
      const record = pulledRecord(client.settings, entity, result.value);
      if (record === null) return err(UNREADABLE_ANSWER);
      records.push(record);
    }
  }
  return ok(records);
}

async function fromListing(
  client: ErpClient,
  pacer: Pacer,
  entity: Entity,
  wanted: ReadonlySet<string>,
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  const { settings } = client;
  const found = new Map<string, PulledRecord>();
  let isEmpty = true;
  let run: RunState = { calls: 0 };
  while (run.calls < settings.maxCalls) {
    await pacer.wait(client.connectionId, settings.gapMs, client.signal);
    const rows = run.rows ?? settings.pageSize;
    const answer = await askForChanges(client, { entity, since: run.since, cursor: run.cursor, rows });
    if (!answer.ok) return answer;
    const records = pulledRecords(settings, entity, answer.value, false);
    if (!records.ok) return records;
    isEmpty &&= records.value.length === 0;
    for (const record of records.value) if (wanted.has(record.id)) found.set(record.id, record);
    const step = nextStep({
      run,
      rows,
      answer: answer.value,
      zone: settings.zone,
      usualRows: settings.pageSize,
      isFull: true,
    });
    if (!step.ok) return step;
    if (step.value === null) return isEmpty ? err(EMPTY_LISTING) : ok([...found.values()]);
    run = { ...step.value, calls: run.calls + 1 };
  }
  return err(LISTING_TOO_LONG);
}

const EMPTY_LISTING: ConnectorError = {
  category: 'permission',
  code: 'empty_listing',
  message: 'The ERP lists nothing at all: as likely a missing right as an empty book, so nothing is taken for deleted',
};

const LISTING_TOO_LONG: ConnectorError = {
  category: 'config',
  code: 'listing_too_long',
  message:
    'Looking records up in a listing takes more calls than one run may make: raise "pull_max_calls" or "page_size"',
};
