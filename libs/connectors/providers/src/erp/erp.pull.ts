import { type ConnectorError, type PullPage, type PullRequest } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { askForChanges, askForTime, type ChangesAnswer } from './erp.changes';
import { type ErpClient } from './erp.client';
import { ENTITIES, type Entity } from './erp.contract';
import { asJson, beginAt, readCursor, sinceOf, withMark, type ErpCursor, type RunState } from './erp.cursor';
import { nextStep } from './erp.next-step';
import { type Pacer } from './erp.pacer';
import { pulledRecords } from './erp.pulled';
import { momentsOf, sinceBefore, stampAt } from './erp.time';

/** A system that refuses the cursors that it has just given is not begun anew more often. */
const RESTART_MS = 15 * 60_000;

type Page = Result<PullPage, ConnectorError>;

export const NOT_PULLED: ConnectorError = {
  category: 'config',
  code: 'not_pulled',
  message: `Only ${ENTITIES.join(', ')} are pulled`,
};

export function pulledEntity(object: string): Entity | undefined {
  return ENTITIES.find((entity) => entity === object);
}

/**
 * One page, with one call of the system at most. Where the system gives cursors they lead from page to page, and rows that
 * share a stamp cannot part; otherwise each page begins a second before the last one ended. Between runs see {@link ErpCursor}.
 */
export async function pullPage(client: ErpClient, pacer: Pacer, request: PullRequest): Promise<Page> {
  const entity = pulledEntity(request.object);
  if (entity === undefined) return err(NOT_PULLED);
  const { settings } = client;
  const state = readCursor(request.cursor);
  const run = rested(state.run, settings.maxCalls);
  if (run !== undefined && !run.ok) return run;
  await pacer.wait(client.connectionId, settings.gapMs, client.signal);
  const known = run?.value ?? firstRun(client, request, state);
  if (known === null) return startByClock(client, request);
  const rows = known.rows ?? settings.pageSize;
  const answer = await askForChanges(client, { entity, since: known.since, cursor: known.cursor, rows });
  if (!answer.ok) return refused(client, state, known, answer.error);
  return pageOf(client, entity, request, { state, run: known, rows }, answer.value);
}

/** The run that the cursor is in the middle of; a new count of calls once it has rested. */
function rested(run: RunState | undefined, maxCalls: number): Result<RunState, ConnectorError> | undefined {
  if (run === undefined) return undefined;
  const { restsUntil, ...going } = run;
  if (restsUntil === undefined) return ok(run);
  const left = Date.parse(restsUntil) - Date.now();
  if (left <= 0) return ok({ ...going, calls: 0 });
  return err({
    // Polling waits; deliveries to the same system do not.
    category: 'concurrency',
    code: 'calls_used_up',
    message: `The run has made its ${maxCalls} calls and rests`,
    retryAfterMs: left,
  });
}

/** Null where the system must first be asked what its clock says, and whether it says a zone. */
function firstRun({ settings }: ErpClient, { mode }: PullRequest, { marks }: ErpCursor): RunState | null {
  if (mode === 'full') return { calls: 0 };
  const oldest = marks[0];
  return oldest === undefined ? null : beginAt(oldest, settings.zone, settings.overlapMs);
}

/** From an instant, or from now on by the system's own clock: the hub's is never compared with it. */
async function startByClock(client: ErpClient, { since }: PullRequest): Promise<Page> {
  const clock = await askForTime(client);
  if (!clock.ok) return clock;
  const { zone } = client.settings;
  const { time } = clock.value;
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(time.trim());
  const from = since === null ? sinceBefore(time, zone, 1000) : stampAt(Date.parse(since) - 1000, zone, hasZone);
  if (from === null) return err(unreadableClock(time));
  return ok({ records: [], cursor: asJson({ marks: [], run: { since: from, from, calls: 1 } }), done: false });
}

/** A cursor that the system no longer knows (restored from a backup, a new release): begin where it stood, by time. */
function refused({ settings }: ErpClient, state: ErpCursor, run: RunState, error: ConnectorError): Page {
  const isCursor = run.cursor !== undefined && error.code === 'ERP-1003' && error.fields?.includes('Cursor') === true;
  if (!isCursor || Date.now() - Date.parse(run.restartedAt ?? '') < RESTART_MS) return err(error);
  const mark = state.marks[0];
  const from =
    run.from ?? (mark === undefined ? undefined : (sinceOf(mark, settings.zone, settings.overlapMs) ?? undefined));
  const again: RunState = {
    ...(from === undefined ? {} : { since: from, from }),
    restartedAt: new Date().toISOString(),
    calls: run.calls + 1,
  };
  return ok({ records: [], cursor: asJson({ marks: state.marks, run: again }), done: false });
}

function pageOf(
  client: ErpClient,
  entity: Entity,
  { mode }: PullRequest,
  { state, run, rows }: { readonly state: ErpCursor; readonly run: RunState; readonly rows: number },
  answer: ChangesAnswer,
): Page {
  const { settings } = client;
  // The next run goes back by this clock: it must not find out then that it cannot be read.
  if (momentsOf(answer.serverTime, settings.zone) === null) return err(unreadableClock(answer.serverTime));
  const records = pulledRecords(settings, entity, answer, mode === 'changes');
  if (!records.ok) return records;
  const step = nextStep({
    run,
    rows,
    answer,
    zone: settings.zone,
    usualRows: settings.pageSize,
    isFull: mode === 'full',
  });
  if (!step.ok) return step;
  const calls = run.calls + 1;
  const began = run.began ?? answer.serverTime;
  client.reportCalls(calls);
  if (step.value === null) {
    const mark = { time: answer.nextCursor === null ? began : answer.serverTime, cursor: answer.nextCursor };
    const marks = mode === 'full' ? [] : withMark(state.marks, mark, settings.zone, settings.overlapMs);
    return ok({ records: records.value, cursor: asJson({ marks }), done: true });
  }
  const next: RunState = {
    ...step.value,
    ...(run.from === undefined ? {} : { from: run.from }),
    ...(run.restartedAt === undefined ? {} : { restartedAt: run.restartedAt }),
    began,
    calls,
    ...(calls >= settings.maxCalls ? { restsUntil: new Date(Date.now() + settings.restMs).toISOString() } : {}),
  };
  return ok({ records: records.value, cursor: asJson({ marks: state.marks, run: next }), done: false });
}

function unreadableClock(time: string): ConnectorError {
  return {
    category: 'config',
    code: 'unreadable_clock',
    message: `The system's clock says "${time.slice(0, 40)}", which is no time of XML Schema`,
  };
}
