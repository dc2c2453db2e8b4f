import { stringify } from 'lossless-json';
import { type ConnectorError, type PulledRecord } from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { type ChangesAnswer } from './erp.changes';
import { type Entity } from './erp.contract';
import { UNREADABLE_ANSWER } from './erp.errors';
import { idOf, idOfRecord } from './erp.ids';
import { stringOf } from './erp.record';
import { type ErpSettings } from './erp.settings';
import { instantOf } from './erp.time';

/**
 * Deletions first: a row that is in the same answer exists now, whatever happened to its number before. In a full listing
 * they say nothing.
 */
export function pulledRecords(
  settings: ErpSettings,
  entity: Entity,
  { rows, deleted }: Pick<ChangesAnswer, 'rows' | 'deleted'>,
  withDeletions: boolean,
): Result<readonly PulledRecord[], ConnectorError> {
  const living: PulledRecord[] = [];
  for (const row of rows) {
    const record = pulledRecord(settings, entity, row);
    if (record === null) return err(UNREADABLE_ANSWER);
    living.push(record);
  }
  const present = new Set(living.map(({ id }) => id));
  const gone = withDeletions ? deleted.flatMap((row) => tombstone(settings, entity, row) ?? []) : [];
  return ok([...gone.filter(({ id }) => !present.has(id)), ...living]);
}

export function pulledRecord(settings: ErpSettings, entity: Entity, row: JsonObject): PulledRecord | null {
  const id = idOfRecord(entity, row, settings);
  if (id === null) return null;
  const stamp = stringOf(row, 'ModifiedOn');
  return {
    object: entity,
    id,
    // The system does not say which rows are new. What was posted never changes, so it is new whenever it is seen.
    change: entity === 'Payment' ? 'created' : 'updated',
    version: stringOf(row, 'RowVersion'),
    modifiedAt: stamp === null ? null : instantOf(stamp, settings.zone),
    modifiedByUs: null,
    dataText: stringify(row) ?? '{}',
  };
}

/** Null where the number alone does not say which document it was: then the full listing finds out. */
function tombstone(settings: ErpSettings, entity: Entity, row: JsonObject): PulledRecord | null {
  const key = stringOf(row, 'Key');
  const id = key === null ? null : idOf(entity, key, null, settings);
  if (id === null) return null;
  const stamp = stringOf(row, 'DeletedOn');
  return {
    object: entity,
    id,
    change: 'deleted',
    version: null,
    modifiedAt: stamp === null ? null : instantOf(stamp, settings.zone),
    modifiedByUs: null,
    dataText: stringify(row) ?? '{}',
  };
}
