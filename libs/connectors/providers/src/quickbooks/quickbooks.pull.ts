import { stringify } from 'lossless-json';
import {
  type ConnectorError,
  type PulledChange,
  type PulledRecord,
  type PullPage,
  type PullRequest,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { isEntity, isNameList, type Entity } from './quickbooks.entities';
import { UNREADABLE_ANSWER } from './quickbooks.errors';
import { instantOf, literal, PAGE_ROWS, queryEntities, withInactive } from './quickbooks.lookup';
import { MOST_SINGLE_READS, readOne } from './quickbooks.read-one';
import { isMembers } from './quickbooks.record';

/** A call for changes looks back 30 days at most, and names at most 1,000 of them with no next page. */
const CDC_DAYS_MS = 29 * 24 * 60 * 60 * 1000;
const CDC_MOST = 1_000;
/** The answer's time has been seen to lie before stamps in it, and queries lag behind writes. */
const OVERLAP_MS = 5 * 60 * 1000;
/** Rows that are asked for again on the next page: one that went away meanwhile shifts all behind it. */
const PAGE_OVERLAP = 50;

/**
 * - `windowFrom`, `position`, `startedAt`: pages of a query instead of the call for changes, because there was more than it
 *   can name; where they are, and when the first was answered.
 * - `deletedFrom`: behind the last of those pages; from here on the call for changes is asked once more for deletions.
 */
interface ChangesCursor {
  readonly watermark: string;
  readonly windowFrom?: string;
  readonly position?: number;
  readonly startedAt?: string;
  readonly deletedFrom?: string;
}

interface FullCursor {
  readonly position: number;
}

export async function pullPage(
  client: QuickBooksClient,
  request: PullRequest,
): Promise<Result<PullPage, ConnectorError>> {
  const { object, mode, cursor, since } = request;
  if (!isEntity(object)) return notPulled(object);
  if (mode === 'full') return fullPage(client, object, cursor as unknown as FullCursor | null);
  if (cursor === null && since === null) return startFromNow(client, object);
  const { watermark, windowFrom, position, startedAt, deletedFrom }: ChangesCursor =
    cursor === null ? { watermark: new Date(since ?? 0).toISOString() } : (cursor as unknown as ChangesCursor);
  if (deletedFrom !== undefined) return lastDeletions(client, object, startedAt ?? watermark, deletedFrom);
  if (windowFrom !== undefined) {
    return windowPage(client, object, {
      watermark,
      windowFrom,
      position: position ?? 1,
      ...(startedAt === undefined ? {} : { startedAt }),
    });
  }
  const from = lookBack(watermark, cursor === null);
  if (Date.parse(from) < Date.now() - CDC_DAYS_MS) {
    return windowPage(client, object, { watermark, windowFrom: from, position: 1 });
  }
  return changesPage(client, object, watermark, from);
}

/** Records by id. One that the vendor does not find any more is reported as deleted. */
export async function readByIds(
  client: QuickBooksClient,
  object: string,
  ids: readonly string[],
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  if (!isEntity(object)) return notPulled(object);
  const wanted = [...new Set(ids.filter((id) => /^\d{1,20}$/.test(id)))];
  const found: PulledRecord[] = [];
  let missing: readonly string[] = wanted;
  if (wanted.length > 1) {
    const list = wanted.map(literal).join(', ');
    const statement = `SELECT * FROM ${object} WHERE Id IN (${list})${withInactive(object)} MAXRESULTS ${PAGE_ROWS}`;
    const queried = await queryEntities(client, object, statement);
    if (!queried.ok) return queried;
    found.push(...queried.value.flatMap((entity) => toRecord(object, entity)));
    missing = wanted.filter((id) => !found.some((record) => record.id === id));
  }
  for (const id of missing.slice(0, MOST_SINGLE_READS)) {
    const read = await readOne(client, object, id);
    if (!read.ok) return read;
    found.push(...(read.value === null ? [tombstone(object, id)] : toRecord(object, read.value)));
  }
  return ok(found);
}

async function changesPage(
  client: QuickBooksClient,
  entity: Entity,
  watermark: string,
  from: string,
): Promise<Result<PullPage, ConnectorError>> {
  const changed = await changedSince(client, entity, from);
  if (!changed.ok) return changed;
  const { records, isCut } = changed.value;
  const time = changed.value.time ?? watermark;
  if (!isCut) return ok({ records, cursor: { watermark: time }, done: true });
  return ok({
    records: records.filter(isDeletion),
    cursor: { watermark, windowFrom: from, position: 1, startedAt: time },
    done: false,
  });
}

/**
 * The call for changes names the first 1,000 in no stated order, has no next page and no upper bound, and nothing else names
 * deletions. So those among the latest changes are asked for again, and for any before them every record has to be listed.
 */
async function lastDeletions(
  client: QuickBooksClient,
  entity: Entity,
  watermark: string,
  from: string,
): Promise<Result<PullPage, ConnectorError>> {
  const end = { cursor: { watermark }, done: true, needsListing: true };
  if (Date.parse(from) < Date.now() - CDC_DAYS_MS) return ok({ records: [], ...end });
  const changed = await changedSince(client, entity, from);
  return changed.ok ? ok({ records: changed.value.records.filter(isDeletion), ...end }) : changed;
}

async function changedSince(
  client: QuickBooksClient,
  entity: Entity,
  from: string,
): Promise<Result<{ records: readonly PulledRecord[]; isCut: boolean; time: string | null }, ConnectorError>> {
  // UTC in the library's place for a date: of a Date it would send the local offset, unencoded.
  const { result } = await client.read(
    (quickBooks, done) => quickBooks.changeDataCapture([entity], from, done),
    'page',
  );
  if (!result.ok) return result;
  const answers = result.value['CDCResponse'];
  const response = Array.isArray(answers) && isMembers(answers[0]) ? answers[0]['QueryResponse'] : undefined;
  if (!Array.isArray(response)) return err(UNREADABLE_ANSWER);
  const entities = response
    .filter(isMembers)
    .flatMap((part) => (Array.isArray(part[entity]) ? (part[entity] as unknown[]) : []));
  return ok({
    records: entities.filter(isMembers).flatMap((changed) => toRecord(entity, changed)),
    isCut: entities.length >= CDC_MOST,
    time: instantOf(result.value['time']),
  });
}

function isDeletion({ change }: PulledRecord): boolean {
  return change === 'deleted';
}

/**
 * Pages by the time of the last change, upwards: what changes meanwhile moves behind the last page and is never jumped.
 */
async function windowPage(
  client: QuickBooksClient,
  entity: Entity,
  {
    watermark,
    windowFrom,
    position,
    startedAt,
  }: Required<Pick<ChangesCursor, 'watermark' | 'windowFrom' | 'position'>> & { startedAt?: string },
): Promise<Result<PullPage, ConnectorError>> {
  const statement =
    `SELECT * FROM ${entity} WHERE MetaData.LastUpdatedTime >= ${literal(windowFrom)}${withInactive(entity)} ` +
    `ORDERBY MetaData.LastUpdatedTime STARTPOSITION ${position} MAXRESULTS ${PAGE_ROWS}`;
  const { result } = await client.query(statement);
  if (!result.ok) return result;
  const entities = entitiesOf(result.value, entity);
  const records = entities.flatMap((changed) => toRecord(entity, changed));
  const began = startedAt ?? instantOf(result.value['time']) ?? watermark;
  const lastStamp = records.at(-1)?.modifiedAt ?? null;
  if (entities.length < PAGE_ROWS || lastStamp === null) {
    // So many changed in that one second that the call for changes would name nothing else.
    const deletedFrom = position > 1 ? new Date(Date.parse(windowFrom) + 1_000).toISOString() : windowFrom;
    return ok({ records, cursor: { watermark, startedAt: began, deletedFrom }, done: false });
  }
  // A page of nothing but ties is left by position, any other by time.
  const isTied = Date.parse(lastStamp) <= Date.parse(windowFrom);
  const next = isTied ? { windowFrom, position: position + PAGE_ROWS } : { windowFrom: lastStamp, position: 1 };
  return ok({ records, cursor: { watermark, ...next, startedAt: began }, done: false });
}

async function fullPage(
  client: QuickBooksClient,
  entity: Entity,
  cursor: FullCursor | null,
): Promise<Result<PullPage, ConnectorError>> {
  const position = cursor?.position ?? 1;
  const where = isNameList(entity) ? 'WHERE Active IN (true, false) ' : '';
  const found = await queryEntities(
    client,
    entity,
    `SELECT * FROM ${entity} ${where}ORDERBY Id STARTPOSITION ${position} MAXRESULTS ${PAGE_ROWS}`,
  );
  if (!found.ok) return found;
  const done = found.value.length < PAGE_ROWS;
  return ok({
    records: found.value.flatMap((listed) => toRecord(entity, listed)),
    cursor: { position: done ? position : position + PAGE_ROWS - PAGE_OVERLAP },
    done,
  });
}

/** From the vendor's present on. */
async function startFromNow(client: QuickBooksClient, entity: Entity): Promise<Result<PullPage, ConnectorError>> {
  const { result } = await client.query(`SELECT COUNT(*) FROM ${entity}`, 'record');
  if (!result.ok) return result;
  const time = instantOf(result.value['time']);
  return time === null ? err(UNREADABLE_ANSWER) : ok({ records: [], cursor: { watermark: time }, done: true });
}

function entitiesOf(body: Body, entity: Entity): readonly Body[] {
  const response = body['QueryResponse'];
  const found = isMembers(response) ? response[entity] : undefined;
  return Array.isArray(found) ? found.filter(isMembers) : [];
}

function toRecord(entity: Entity, data: Body): PulledRecord[] {
  const { Id: id, SyncToken: version, MetaData: meta, status } = data;
  if (typeof id !== 'string') return [];
  const created = isMembers(meta) ? instantOf(meta['CreateTime']) : null;
  const updated = isMembers(meta) ? instantOf(meta['LastUpdatedTime']) : null;
  const change: PulledChange =
    status === 'Deleted' ? 'deleted' : created !== null && created === updated ? 'created' : 'updated';
  return [
    {
      object: entity,
      id,
      change,
      version: typeof version === 'string' ? version : null,
      modifiedAt: updated,
      // The vendor names a user number at most, which no integration knows of itself.
      modifiedByUs: null,
      dataText: stringify(data) ?? '{}',
    },
  ];
}

function tombstone(object: Entity, id: string): PulledRecord {
  const dataText = JSON.stringify({ Id: id, status: 'Deleted', domain: 'QBO' });
  return { object, id, change: 'deleted', version: null, modifiedAt: null, modifiedByUs: null, dataText };
}

function lookBack(watermark: string, isFirst: boolean): string {
  return new Date(Date.parse(watermark) - (isFirst ? 0 : OVERLAP_MS)).toISOString();
}

function notPulled(object: string): Result<never, ConnectorError> {
  return err({
    category: 'config',
    code: 'not_pulled',
    message: `${object} is not an object whose changes are pulled`,
  });
}
