import { formatDateTime, parseDateTime } from '../data/field-values';
import { visibleValues } from '../data/record-store';
import { maySee } from '../rules/user-access';
import { requireObject, type ApiContext, type ApiRequest } from '../salesforce.context';
import { reject } from '../salesforce.errors';
import { type ApiHandler } from './sobjects';

const MAX_AGE_MS = 30 * 24 * 3_600_000;

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Both ends lose their seconds' fraction; the vendor refuses windows that are too old, empty or under a minute. */
function readWindow({ org }: ApiContext, { query }: ApiRequest): Window {
  const read = (name: string): number => {
    const text = query.get(name);
    if (text === null || text === '') reject(400, 'MISSING_ARGUMENT', `The '${name}' parameter is required`);
    // An unencoded `+` arrives as a space; the vendor refuses such a date, and so must this.
    const ms = parseDateTime(text);
    if (ms === undefined) reject(400, 'INVALID_DATE_FORMAT', `The date is not valid: ${text}`);
    return Math.floor(ms / 1000) * 1000;
  };
  const startMs = read('start');
  const endMs = read('end');
  if (startMs >= endMs) reject(400, 'INVALID_REPLICATION_DATE', 'startDate must be before endDate');
  if (endMs - startMs < 60_000)
    reject(400, 'INVALID_REPLICATION_DATE', 'endDate must be at least one minute greater than startDate');
  if (startMs < org.clock.now() - MAX_AGE_MS)
    reject(400, 'INVALID_REPLICATION_DATE', 'startDate cannot be more than 30 days ago');
  return { startMs, endMs };
}

function coveredMs({ org }: ApiContext, { endMs }: Window): number {
  return Math.min(endMs, org.stampMs());
}

export const updated: ApiHandler = (context, request, { object: name = '' }) => {
  const object = requireObject(context, name);
  const window = readWindow(context, request);
  const nowMs = context.org.clock.now();
  const ids: string[] = [];
  for (const record of context.org.store.all(object.name)) {
    const values = maySee(context, record.id) ? visibleValues(record, nowMs) : undefined;
    const modified = Number(values?.LastModifiedDate);
    if (values && values.IsDeleted !== true && modified >= window.startMs && modified < window.endMs)
      ids.push(record.id);
  }
  return { status: 200, body: { ids, latestDateCovered: formatDateTime(coveredMs(context, window)) } };
};

export const deleted: ApiHandler = (context, request, { object: name = '' }) => {
  const object = requireObject(context, name);
  const window = readWindow(context, request);
  const deletedRecords: { id: string; deletedDate: string }[] = [];
  for (const { id, deletedAtMs, lag } of context.org.store.all(object.name)) {
    if (deletedAtMs === undefined || (lag && context.org.clock.now() < lag.visibleAtMs)) continue;
    const seconds = Math.floor(deletedAtMs / 1000) * 1000;
    if (seconds >= window.startMs && seconds < window.endMs)
      deletedRecords.push({ id, deletedDate: formatDateTime(seconds) });
  }
  return {
    status: 200,
    body: {
      deletedRecords,
      earliestDateAvailable: formatDateTime(context.org.stampMs() - MAX_AGE_MS),
      latestDateCovered: formatDateTime(coveredMs(context, window)),
    },
  };
};
