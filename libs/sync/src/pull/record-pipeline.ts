import { type ConnectorError, type PulledRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type EchoGuard, type Observation, type RecordScope } from './pull.ports';
import { type Canonicaliser, type EventSink, type PageCounts, type PullConnection } from './puller.ports';
import { type WorkRun, type WorkSync } from './pull-store.port';
import { toRecordEvent } from './record-event';

/** Events in one call of the sink: a page of a vendor may have thousands. */
const EVENTS_AT_ONCE = 200;

export const NOTHING: PageCounts = {
  seen: 0,
  made: 0,
  duplicates: 0,
  echoes: 0,
  unchanged: 0,
  unmapped: 0,
  failed: 0,
};

export interface PipelineDependencies {
  readonly guard: EchoGuard;
  readonly canonicaliser: Canonicaliser;
  readonly events: EventSink;
  /**
   * Keeps the right to pull. What was read before it was lost may be older than what its new owner has made events of, and an
   * event that comes after those would be written over them.
   * @throws LeaseLostError
   */
  readonly hold: () => Promise<void>;
}

/**
 * Records → events, committed. What our own writes sent back and what has not changed goes no further. Records are
 * remembered as seen only after their events are committed: a process that dies between the two brings the page again,
 * with the same event ids.
 * @param carried ids of records that are carried on, if they are there, whatever is known of them
 */
export async function takeRecords(
  dependencies: PipelineDependencies,
  scope: RecordScope,
  connection: Pick<PullConnection, 'config'>,
  work: { readonly sync: WorkSync; readonly run: WorkRun },
  records: readonly PulledRecord[],
  carried: ReadonlySet<string> = new Set(),
): Promise<Result<PageCounts, ConnectorError>> {
  if (records.length === 0) return ok(NOTHING);
  const verdicts = await dependencies.guard.classify(scope, records);
  const observations = records.map((record, index): Observation => {
    const verdict = verdicts[index];
    if (verdict === undefined) throw new Error('the echo guard answered fewer verdicts than it was asked for');
    return { record, verdict: carried.has(record.id) && record.change !== 'deleted' ? 'new' : verdict };
  });
  const news = observations.filter(({ verdict }) => verdict === 'new').map(({ record }) => record);
  let counts: PageCounts = {
    ...NOTHING,
    seen: records.length,
    echoes: observations.filter(({ verdict }) => verdict === 'echo').length,
    unchanged: observations.filter(({ verdict }) => verdict === 'unchanged').length,
  };
  for (let start = 0; start < news.length; start += EVENTS_AT_ONCE) {
    const part = news.slice(start, start + EVENTS_AT_ONCE);
    const taken = await takeNews(dependencies, scope, connection, work, part);
    if (!taken.ok) return taken;
    counts = add(counts, taken.value);
  }
  await dependencies.hold();
  await dependencies.guard.observe(scope, observations);
  return ok(counts);
}

async function takeNews(
  { canonicaliser, events, hold }: PipelineDependencies,
  scope: RecordScope,
  { config }: Pick<PullConnection, 'config'>,
  { sync, run }: { readonly sync: WorkSync; readonly run: WorkRun },
  records: readonly PulledRecord[],
): Promise<Result<PageCounts, ConnectorError>> {
  const canonical = await canonicaliser.canonicalise({ scope, config, mappingId: sync.mappingId, records });
  if (!canonical.ok) return err(canonical.error);
  const made = records.map((record, index) => {
    const outcome = canonical.value[index];
    if (outcome === undefined) throw new Error('the canonicaliser answered fewer outcomes than it was asked for');
    return toRecordEvent(scope, run.id, record, outcome);
  });
  await hold();
  const outcomes = await events.accept(scope.tenantId, made);
  return ok({
    ...NOTHING,
    made: outcomes.filter((outcome) => outcome === 'made').length,
    duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length,
    failed: outcomes.filter((outcome) => outcome === 'refused').length,
    unmapped: canonical.value.filter(
      ({ canonicalType, canonicalText, issues }) =>
        canonicalType !== null && canonicalText === null && issues.length > 0,
    ).length,
  });
}

export function add(a: PageCounts, b: PageCounts): PageCounts {
  return {
    seen: a.seen + b.seen,
    made: a.made + b.made,
    duplicates: a.duplicates + b.duplicates,
    echoes: a.echoes + b.echoes,
    unchanged: a.unchanged + b.unchanged,
    unmapped: a.unmapped + b.unmapped,
    failed: a.failed + b.failed,
  };
}
