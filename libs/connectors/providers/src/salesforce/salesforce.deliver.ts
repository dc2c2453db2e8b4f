import {
  refuseAll,
  roundsOfUniqueKeys,
  slices,
  type ConnectorError,
  type DeliveryRecord,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { fitsBulk, sendBulk } from './salesforce.bulk';
import { type SalesforceClient } from './salesforce.client';
import { sendCollection, type CollectionOutcome } from './salesforce.collections';
import { findIds, lookupKey } from './salesforce.lookup';
import { type KnownFields } from './salesforce.fields';
import { translateStatus } from './salesforce.status';
import { findLosses } from './salesforce.values';
import { COLLECTION_SIZE } from './salesforce.manifest';
import { type SalesforceOperation } from './salesforce.operation';
import { prepareRecord, recordJson, uniqueKeyOf, type PreparedRecord } from './salesforce.record';

/** After these, the same record is sent again: a later one of its key must not get ahead of it. */
const RETRIED = new Set<ConnectorError['category']>([
  'auth_expired',
  'rate_limited',
  'concurrency',
  'transient',
  'stale',
  'unknown_outcome',
]);

/**
 * Sends records in collections of at most 200, or as one bulk job where there are many. Two records of one key cannot be in one call (Salesforce refuses both),
 * so they go in successive ones, in order.
 */
export async function deliverRecords(
  client: SalesforceClient,
  { object, verb }: SalesforceOperation,
  records: readonly DeliveryRecord[],
  known: KnownFields,
): Promise<readonly RecordOutcome[]> {
  const outcomes = new Array<RecordOutcome>(records.length);
  const refuse = (index: number, error: ConnectorError): void => {
    outcomes[index] = { ok: false, error: client.settings.recorder.cleanError(error) };
  };
  const field = client.settings.externalIdFieldOf(object);
  let prepared: PreparedRecord[] = [];
  records.forEach((record, index) => {
    const result = prepareRecord(record, index, verb, field);
    if (result.ok) prepared.push(result.value);
    else refuse(index, result.error);
  });
  prepared = [...(await translateStatus(client, known, object, prepared))];
  for (const [index, error] of await findLosses(client, known, object, prepared)) refuse(index, error);
  prepared = prepared.filter(({ index }) => outcomes[index] === undefined);
  const inactive = verb === 'deactivate' ? client.settings.inactiveFieldOf(object) : null;
  if (verb === 'deactivate') {
    if (inactive === null) return refuseAll(records, noInactiveField(object));
    prepared = prepared.map((record) => ({
      ...record,
      fields: { ...record.fields, [inactive.field]: inactive.value },
    }));
  }
  const onlyExisting = verb === 'update' || verb === 'deactivate';
  if (onlyExisting) prepared = await withIds(client, object, field, prepared, refuse);

  const blockedKeys = new Map<string, ConnectorError>();
  let failure: ConnectorError | null = null;
  for (const round of roundsOfUniqueKeys(prepared, uniqueKeyOf)) {
    for (const slice of slicesOfOneKind(round, bulkThresholdOf(client))) {
      const sendable = slice.filter((record) => {
        const blocked = failure ?? blockedKeys.get(uniqueKeyOf(record));
        if (blocked != null) refuse(record.index, blocked);
        return blocked == null;
      });
      if (sendable.length === 0) continue;
      const byExternalId = sendable[0]?.id == null ? field : null;
      const sent = await sendSlice(client, { object, field, externalIdField: byExternalId }, sendable);
      failure = sent.failure;
      sendable.forEach((record, i) => {
        const outcome = sent.outcomes[i]!;
        outcomes[record.index] = outcome;
        if (!outcome.ok && RETRIED.has(outcome.error.category)) blockedKeys.set(uniqueKeyOf(record), outcome.error);
      });
    }
  }
  return outcomes;
}

interface SliceTarget {
  readonly object: string;
  /** The external id field of the object. */
  readonly field: string;
  /** Field to upsert by; null: update by Id. */
  readonly externalIdField: string | null;
}

/** In one bulk job or one call; of a job that was refused as a whole, call by call, so that each record is told its own. */
async function sendSlice(
  client: SalesforceClient,
  { object, field, externalIdField }: SliceTarget,
  records: readonly PreparedRecord[],
): Promise<CollectionOutcome> {
  const collect = (some: readonly PreparedRecord[]): Promise<CollectionOutcome> =>
    sendCollection(client, {
      object,
      externalIdField,
      records: some.map((record) => recordJson(object, record, field)),
    });
  if (records.length <= COLLECTION_SIZE) return collect(records);
  const sent = await sendBulk(client, { object, externalIdField, records });
  const outcomes = [...sent.outcomes];
  let { failure } = sent;
  for (const places of slices(sent.undone, COLLECTION_SIZE)) {
    if (failure !== null) break;
    const again = await collect(places.flatMap((place) => records[place] ?? []));
    places.forEach((place, index) => (outcomes[place] = again.outcomes[index]!));
    ({ failure } = again);
  }
  return { outcomes, failure };
}

/**
 * A call matches either by Id or by external id: records that are known by Id go on their own. From the threshold on, all
 * that CSV can carry is one slice, for one bulk job.
 */
function slicesOfOneKind(
  round: readonly PreparedRecord[],
  bulkThreshold: number,
): readonly (readonly PreparedRecord[])[] {
  return [round.filter(({ id }) => id !== null), round.filter(({ id }) => id === null)].flatMap((kind) => {
    const bulk = kind.length >= bulkThreshold ? kind.filter(fitsBulk) : [];
    if (bulk.length < bulkThreshold) return slices(kind, COLLECTION_SIZE);
    return [
      bulk,
      ...slices(
        kind.filter((record) => !fitsBulk(record)),
        COLLECTION_SIZE,
      ),
    ];
  });
}

/** A bulk job cannot be told to save in spite of duplicate rules. */
function bulkThresholdOf({ settings }: SalesforceClient): number {
  return settings.allowDuplicates ? Infinity : settings.bulkThreshold;
}

function noInactiveField(object: string): ConnectorError {
  return {
    category: 'config',
    code: 'no_inactive_field',
    message: `The connection does not say how a record of ${object} is set inactive: name a field in "inactive_fields"`,
  };
}

/** Replaces external ids by record ids; what is not found, or found twice, is refused. */
async function withIds(
  client: SalesforceClient,
  object: string,
  field: string,
  prepared: readonly PreparedRecord[],
  refuse: (index: number, error: ConnectorError) => void,
): Promise<PreparedRecord[]> {
  const unknown = prepared.flatMap(({ externalId }) => externalId ?? []);
  if (unknown.length === 0) return [...prepared];
  const found = await findIds(client, object, field, unknown);
  const ready: PreparedRecord[] = [];
  for (const record of prepared) {
    if (record.externalId === null) ready.push(record);
    else if (!found.ok) refuse(record.index, found.error);
    else {
      const ids = found.value.get(lookupKey(record.externalId)) ?? [];
      if (ids.length === 1) ready.push({ ...record, id: ids[0]!, externalId: null });
      else if (ids.length === 0) refuse(record.index, notFound(object, field));
      else
        refuse(record.index, {
          ...notFound(object, field),
          category: 'duplicate',
          code: 'MULTIPLE_CHOICES',
          message: `Several ${object} records have this ${field}`,
        });
    }
  }
  return ready;
}

function notFound(object: string, field: string): ConnectorError {
  return { category: 'not_found', code: 'NOT_FOUND', message: `No ${object} has this ${field}`, fields: [field] };
}
