import { isLosslessNumber } from 'lossless-json';
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectorError, type RecordOutcome, type WireExchange } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { type CollectionOutcome } from './salesforce.collections';
import { readCsv, SET_NULL, toCsv } from './salesforce.csv';
import { errorOfItem, UNREADABLE_ANSWER } from './salesforce.errors';
import { type PreparedRecord } from './salesforce.record';

/** Results repeat every column of every record. */
const MAX_RESULT_BYTES = 64 * 1024 * 1024;
/**
 * A poll is a call of the daily budget. Waiting twice as long each time, seven see to the end of a job that takes a minute:
 * five jobs for 10,000 records cost 60 calls at most. Where it is known how long jobs take, the first question comes when
 * this one should be over, which is never more calls.
 */
const FIRST_POLL_MS = 500;
const LONGEST_POLL_MS = 60_000;
/**
 * Beyond it the job is aborted and the batch is sent again: the same keys, the same values. Only then is that harmless: a job
 * that nobody waits for may run hours later, over values that were written since.
 */
const MOST_WAIT_MS = 15 * 60 * 1000;
const ABORT_TIMEOUT_MS = 10_000;
/** For a job that could not be stopped to be over, before anything is written after it. */
const UNSTOPPED_WAIT_MS = 5 * 60 * 1000;
const UNPROCESSED = 'bulk_unprocessed';

interface BulkBatch {
  readonly object: string;
  /** Field to upsert by; null: update by Id. */
  readonly externalIdField: string | null;
  readonly records: readonly PreparedRecord[];
}

type Row = Readonly<Record<string, unknown>>;
type JobEnd = 'JobComplete' | 'Failed' | 'Aborted';

export interface BulkOutcome extends CollectionOutcome {
  /**
   * Places of the records that a job has left undone by which it was refused: one column that the org does not have is enough,
   * and the job does not say whose it is.
   */
  readonly undone: readonly number[];
}

/** Whether a record can be written as a line of CSV without changing its meaning. */
export function fitsBulk({ fields }: PreparedRecord): boolean {
  return Object.values(fields).every(
    (value) =>
      value === null ||
      typeof value === 'boolean' ||
      isLosslessNumber(value) ||
      (typeof value === 'string' && value !== SET_NULL),
  );
}

/**
 * One job of the Bulk API 2.0, from opening to its results: five calls and the polls, however many records.
 * jsforce's own helper deletes the job when its 30 seconds of polling are over, and adds an empty Id column.
 * https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
 */
export async function sendBulk(client: SalesforceClient, batch: BulkBatch): Promise<BulkOutcome> {
  const { object, externalIdField, records } = batch;
  const opened = await client.call((connection) =>
    connection.request<Row>({
      method: 'POST',
      url: '/jobs/ingest',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        object,
        operation: externalIdField === null ? 'update' : 'upsert',
        ...(externalIdField === null ? {} : { externalIdFieldName: externalIdField }),
        contentType: 'CSV',
        lineEnding: 'LF',
        columnDelimiter: 'COMMA',
      }),
    }),
  );
  const { exchange } = opened;
  const failAll = (error: ConnectorError): BulkOutcome => ({
    outcomes: records.map(() => ({ ok: false, error, ...(exchange === undefined ? {} : { exchange }) })),
    failure: error,
    undone: [],
  });
  if (!opened.result.ok) return failAll(opened.result.error);
  const id = opened.result.value['id'];
  if (typeof id !== 'string') return failAll(UNREADABLE_ANSWER);
  const job = `/jobs/ingest/${encodeURIComponent(id)}`;

  const uploaded = await upload(client, job, toCsv(batch.externalIdField ?? 'Id', batch.records));
  if (!uploaded.ok) return failAll(uploaded.error);
  const started = await change(client, job, 'UploadComplete');
  const waited = started.ok ? await waitForEnd(client, job, batch) : started;
  const ended = waited.ok ? waited : await abort(client, job, waited.error);
  if (!ended.ok) return failAll(ended.error);
  const outcomes = await readResults(client, job, batch, exchange);
  if (!outcomes.ok) return failAll(outcomes.error);
  if (!waited.ok) {
    const { error } = waited;
    const known = outcomes.value.map((outcome) =>
      isUnprocessed(outcome) ? ({ ...outcome, ok: false, error } as const) : outcome,
    );
    return { outcomes: known, failure: error, undone: [] };
  }
  const undone = outcomes.value.flatMap((outcome, index) => (isUnprocessed(outcome) ? [index] : []));
  return { outcomes: outcomes.value, failure: null, undone: ended.value === 'Failed' ? undone : [] };
}

async function upload(client: SalesforceClient, job: string, csv: string): Promise<Result<null, ConnectorError>> {
  const sent = await client.call((connection) =>
    connection.request({ method: 'PUT', url: `${job}/batches`, headers: { 'content-type': 'text/csv' }, body: csv }),
  );
  return sent.result.ok ? ok(null) : sent.result;
}

async function change(
  client: SalesforceClient,
  job: string,
  state: 'UploadComplete' | 'Aborted',
): Promise<Result<Row, ConnectorError>> {
  const { result } = await client.call((connection) =>
    connection.request<Row>({
      method: 'PATCH',
      url: job,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    }),
  );
  return result;
}

/**
 * Stops a job that is given up, whoever has given it up: under a signal of its own.
 * @returns how it has ended, or why it was given up when nobody knows whether it still runs: then nothing may be written
 *   for a while
 */
async function abort(
  client: SalesforceClient,
  job: string,
  reason: ConnectorError,
): Promise<Result<JobEnd, ConnectorError>> {
  const ofItsOwn = client.under(AbortSignal.timeout(ABORT_TIMEOUT_MS));
  const aborted = await change(ofItsOwn, job, 'Aborted');
  if (aborted.ok) return ok('Aborted');
  // What has ended meanwhile cannot be aborted.
  const { result } = await ofItsOwn.call((connection) => connection.request<Row>(job));
  const state = result.ok ? result.value['state'] : null;
  if (isEnd(state)) return ok(state);
  const { category } = reason;
  return err({
    ...reason,
    // Those two cost no attempt; whatever else it was, the same records are sent again.
    category: category === 'rate_limited' || category === 'concurrency' ? category : 'transient',
    retryAfterMs: Math.max(reason.retryAfterMs ?? 0, UNSTOPPED_WAIT_MS),
  });
}

function isEnd(state: unknown): state is JobEnd {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}

/**
 * Milliseconds to wait before each question whether a job has ended.
 * @param expectedMs null where nobody knows how long it takes
 */
export function* pollIntervals(expectedMs: number | null = null): Generator<number> {
  const first = Math.min(Math.max(expectedMs ?? 0, FIRST_POLL_MS), LONGEST_POLL_MS);
  yield first;
  let waited = first;
  for (let interval = Math.max(first / 2, FIRST_POLL_MS * 2); waited < MOST_WAIT_MS; interval *= 2) {
    const next = Math.min(interval, LONGEST_POLL_MS);
    yield next;
    waited += next;
  }
}

async function waitForEnd(
  client: SalesforceClient,
  job: string,
  { object, records }: BulkBatch,
): Promise<Result<JobEnd, ConnectorError>> {
  const { connectionId, jobTimes } = client;
  const uploadedAt = performance.now();
  let openAtMs: number | null = null;
  for (const interval of pollIntervals(jobTimes.expectedMs(connectionId, object, records.length))) {
    try {
      await pause(interval, undefined, { signal: client.signal });
    } catch {
      break; // The lease is lost: somebody else sends the same again.
    }
    // Before the call: an answer that takes its time says nothing about the job, and would be waited for the next time.
    const askedAtMs = performance.now() - uploadedAt;
    const polled = await client.call((connection) => connection.request<Row>(job));
    if (!polled.result.ok) {
      if (polled.result.error.category !== 'transient') return polled.result;
      continue;
    }
    const state = polled.result.value['state'];
    // A job that failed or was aborted half-way has results all the same.
    if (state === 'JobComplete') jobTimes.learn(connectionId, object, records.length, openAtMs, askedAtMs);
    if (isEnd(state)) return ok(state);
    openAtMs = askedAtMs;
  }
  return err({ category: 'transient', code: 'bulk_unfinished', message: 'The bulk job has not ended in time' });
}

async function readResults(
  client: SalesforceClient,
  job: string,
  batch: BulkBatch,
  exchange: WireExchange | undefined,
): Promise<Result<readonly RecordOutcome[], ConnectorError>> {
  const found = new Map<string, RecordOutcome>();
  const key = batch.externalIdField ?? 'Id';
  for (const [file, column, outcomeOf] of [
    ['successfulResults', 'sf__Created', succeeded],
    ['failedResults', 'sf__Error', (_id: string, error: string) => failed(client, error)],
  ] as const) {
    const { result } = await client.call(
      // As text: jsforce reads CSV for any of six separators, which costs ten times as much.
      (connection) => connection.request<unknown>(`${job}/${file}`, { responseType: 'text/plain' }),
      MAX_RESULT_BYTES,
    );
    if (!result.ok) return result;
    // Rows do not come in the order of the upload: the key says whose they are.
    for (const [id, told, whose] of readCsv(String(result.value), ['sf__Id', column, key]) ?? [])
      found.set(keyOf(whose), outcomeOf(id, told));
  }
  const unprocessed: RecordOutcome = {
    ok: false,
    error: { category: 'transient', code: UNPROCESSED, message: 'The bulk job ended before this record' },
  };
  return ok(
    batch.records.map((record) => ({
      ...(found.get(keyOf(String(record.id ?? record.externalId))) ?? unprocessed),
      ...(exchange === undefined ? {} : { exchange }),
    })),
  );
}

function isUnprocessed(outcome: RecordOutcome): boolean {
  return !outcome.ok && outcome.error.code === UNPROCESSED;
}

function succeeded(id: string, created: string): RecordOutcome {
  return { ok: true, externalId: id === '' ? null : id, created: created === 'true' };
}

/** `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --`: code, text, fields, or `:--` without one. */
function failed(client: SalesforceClient, text: string): RecordOutcome {
  const [, code = 'UNKNOWN', message = text, fields = ''] = /^([A-Z_]+):(.*?)(?::([\w, ]*)--)?$/s.exec(text) ?? [];
  const error = errorOfItem({
    code,
    message,
    fields: fields.split(/[ ,]+/).filter((field) => field !== ''),
  });
  return { ok: false, error: client.settings.recorder.cleanError(error) };
}

/** External ids are case-insensitive, and trimmed. */
function keyOf(key: string): string {
  return key.trim().toLowerCase();
}
