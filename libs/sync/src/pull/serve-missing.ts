import { type PulledRecord } from '@hub/connector-sdk';
import { type UnseenCount } from './pull.ports';
import { takeRecords, NOTHING } from './record-pipeline';
import { failed, goneRecord, type ServedWork, type Serving } from './served-work';

const AT_ONCE = 100;
/** So many records may be gone at once without anybody being asked; more only where they are few of all. */
const FEW = 20;
const FEW_OF_ALL = 0.1;

/**
 * After a whole listing: records that the hub knows and that were not in it are gone. Where the connector can read by id,
 * each is asked for once more, so that one which only changed its place between two pages is not declared dead.
 */
export async function serveMissing(serving: Serving): Promise<ServedWork> {
  const { dependencies, connection, scope, run, sync, signal } = serving;
  const known = await dependencies.guard.notSeenSince(scope, run.startedAt, run.missingAfter, AT_ONCE);
  const last = known[known.length - 1];
  if (last === undefined) return page(null, true, NOTHING);
  // Asked once, while all of them are still known: a user that lost a part of its rights lists what is left.
  if (run.missingAfter === null && run.recordsSeen > 0 && !run.allowDeletions) {
    const count = await dependencies.guard.countUnseen(scope, run.startedAt);
    if (count.unseen > Math.max(FEW, count.known * FEW_OF_ALL)) return tooMany(count);
  }
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

function tooMany({ known, unseen }: UnseenCount): ServedWork {
  return failed(
    'validation',
    'too_many_missing',
    `${unseen} of ${known} known records were not in the listing. Nothing was deleted: so many at once mostly means that the ` +
      'user of the connection may no longer see them. Check its rights. If the records are really gone, run the listing ' +
      'again and allow deletions.',
  );
}

function page(missingAfter: string | null, runDone: boolean, counts: typeof NOTHING): ServedWork {
  return { kind: 'page', done: { counts, cursor: null, phase: 'missing', missingAfter, runDone } };
}
