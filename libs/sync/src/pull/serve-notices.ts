import { type PulledRecord } from '@hub/connector-sdk';
import { type HookNotice, type NoticesDone } from './pull-store.port';
import { add, NOTHING, takeRecords } from './record-pipeline';
import { goneRecord, type ServedWork, type Serving } from './served-work';

/** A vendor may announce a record before it lets it be read. After the last of these the next pull has to bring it. */
const UNREADABLE_DELAYS_MS = [1_000, 5_000, 30_000];

/**
 * Records that a vendor announced: nothing of the announcement is believed but that something happened to them. What is
 * read decides, so notices may come twice, late and in any order.
 */
export async function serveNotices(serving: Serving, notices: readonly HookNotice[]): Promise<ServedWork> {
  const { dependencies, connection, scope, sync, signal } = serving;
  if (connection.readRecords === null) return done({ settled: notices, pullInstead: true });
  const read = await connection.readRecords(
    sync.object,
    notices.map(({ recordId }) => recordId),
    signal,
  );
  if (!read.ok) return { kind: 'failed', error: read.error };
  const byId = new Map(read.value.map((record) => [record.id, record]));
  const records: PulledRecord[] = [...read.value];
  const settled: HookNotice[] = [];
  const retry: NoticesDone['retry'][number][] = [];
  let unread = 0;
  for (const notice of notices) {
    const delayMs = UNREADABLE_DELAYS_MS[notice.attempts];
    const isFound = byId.has(notice.recordId);
    if (!isFound && notice.change === 'deleted') records.push(goneRecord(scope.object, notice.recordId));
    if (isFound || notice.change === 'deleted') settled.push(notice);
    else if (delayMs !== undefined) retry.push({ notice, delayMs });
    else {
      settled.push(notice);
      unread++;
    }
  }
  const carried = new Set(notices.filter(({ carry }) => carry).map(({ recordId }) => recordId));
  const counts = await takeRecords(dependencies, scope, connection, serving, records, carried);
  if (!counts.ok) return { kind: 'failed', error: counts.error };
  return done({ settled, retry, counts: add(counts.value, { ...NOTHING, failed: unread }) });
}

function done(part: Partial<NoticesDone>): ServedWork {
  return { kind: 'notices', done: { counts: NOTHING, settled: [], retry: [], pullInstead: false, ...part } };
}
