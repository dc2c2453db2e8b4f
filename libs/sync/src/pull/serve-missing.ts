import { type PulledRecord } from '@hub/connector-sdk';
import { takeRecords, NOTHING } from './record-pipeline';
import { failed, goneRecord, type ServedWork, type Serving } from './served-work';

const AT_ONCE = 100;

/**
 * After a whole listing: records that the hub knows and that were not in it are gone. Where the connector can read by id,
 * each is asked for once more, so that one which only changed its place between two pages is not declared dead.
 */
export async function serveMissing(serving: Serving): Promise<ServedWork> {
  const { dependencies, connection, scope, run, sync, signal } = serving;
  const known = await dependencies.guard.notSeenSince(scope, run.startedAt, run.missingAfter, AT_ONCE);
  const last = known[known.length - 1];
  if (last === undefined) return page(null, true, NOTHING);
  const ids = known.map(({ id }) => id);
  let found: readonly PulledRecord[] = [];
  if (connection.readRecords !== null) {
    const read = await connection.readRecords(sync.object, ids, signal);
    if (!read.ok) return { kind: 'failed', error: read.error };
    found = read.value;
  }
  if (run.recordsSeen === 0 && run.missingAfter === null && found.length === 0) {
    // A role that lost its rights lists nothing, and reads nothing: to delete everything everywhere would be past mending.
    return failed(
      'validation',
      'empty_listing',
      'The listing was empty although records are known; nothing was deleted.',
    );
  }
  const byId = new Map(found.map((record) => [record.id, record]));
  const records = ids.map((id) => byId.get(id) ?? goneRecord(scope.object, id));
  const counts = await takeRecords(dependencies, scope, connection, serving, records);
  if (!counts.ok) return { kind: 'failed', error: counts.error };
  return page(last.id, known.length < AT_ONCE, counts.value);
}

function page(missingAfter: string | null, runDone: boolean, counts: typeof NOTHING): ServedWork {
  return { kind: 'page', done: { counts, cursor: null, phase: 'missing', missingAfter, runDone } };
}
