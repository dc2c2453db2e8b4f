import { type ApiContext } from '../salesforce.context';
import { type SchemaObject } from '../schema/org-schema';
import { deleteRecord } from './record-writer';
import { type StoredRecord } from './record-store';

/**
 * One record takes the other's place, as in the screen where duplicates are merged: what hung on the loser hangs on the
 * winner, without a new stamp, and the loser is deleted with the winner's id in `MasterRecordId`.
 */
export function mergeRecords(
  context: ApiContext,
  object: SchemaObject,
  winner: StoredRecord,
  loser: StoredRecord,
): void {
  const { org } = context;
  for (const { object: child, field } of org.schema.childrenOf(object.name)) {
    for (const row of [...org.store.all(child.name)]) {
      if (row.deletedAtMs === undefined && row.values[field.name] === loser.id)
        org.store.replace(child, row, { ...row.values, [field.name]: winner.id }, org.visibleAtMs());
    }
  }
  org.store.replace(object, loser, { ...loser.values, MasterRecordId: winner.id }, undefined);
  deleteRecord(context, object, loser);
  const stamp = org.stampMs();
  const values = {
    ...winner.values,
    LastModifiedDate: stamp,
    LastModifiedById: context.actorId,
    SystemModstamp: stamp,
  };
  org.store.replace(object, winner, values, org.visibleAtMs());
}
