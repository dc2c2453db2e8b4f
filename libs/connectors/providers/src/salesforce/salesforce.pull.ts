import { stringify } from 'lossless-json';
import {
  slices,
  type ConnectorError,
  type PulledChange,
  type PulledRecord,
  type PullPage,
  type PullRequest,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { UNREADABLE_ANSWER } from './salesforce.errors';
import { type KnownFields } from './salesforce.fields';
import { normaliseId } from './salesforce.ids';
import { pricesOf } from './salesforce.pull-prices';
import { LINE_FIELDS, SALESFORCE_PULL } from './salesforce.pull-objects';
import { queryPage, queryRows, textOf, type SalesforceRow } from './salesforce.query';

const PAGE_ROWS = 1_000;
/**
 * A long transaction's records appear late, with the stamp of when they were written. Each poll therefore looks back this
 * far; what it has seen before is told apart by id and content.
 */
const OVERLAP_MS = 5 * 60 * 1000;
/** Values in one WHERE clause: it holds 4,000 characters. */
const IDS_A_QUERY = 150;
/** Columns and ids of a query, as its URL spells them; an id comes with two quotes and a comma, and is 18 characters long. */
const MOST_OF_QUERY = 15_500;
const ENCODED_ID = 18 + '%27%27%2C'.length;
/** Deleted records are in the recycle bin for fifteen days, and nowhere after that. */
const BIN_MS = 14 * 24 * 60 * 60 * 1000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?(Z|\+0000)$/;

/**
 * - `watermark`: when the last finished poll began, by the org's own clock; the hub's is never compared with it.
 * - `after`, `startedAt`: inside a poll, the row that the last page ended with, and when its first page was answered.
 * - `isFirst`: inside a poll that no other came before, so that no deletion is of a record that the hub has.
 */
interface ChangesCursor {
  readonly watermark: string;
  readonly isFirst?: boolean;
  readonly after?: { readonly stamp: string; readonly id: string };
  readonly startedAt?: string;
}

interface FullCursor {
  readonly afterId: string;
}

export function isPulled(object: string): boolean {
  return SALESFORCE_PULL.some(({ name }) => name === object);
}

export async function pullPage(
  client: SalesforceClient,
  fields: KnownFields,
  request: PullRequest,
): Promise<Result<PullPage, ConnectorError>> {
  const columns = await columnsOf(client, fields, request.object);
  if (!columns.ok) return columns;
  const page = request.mode === 'full' ? fullPage : changesPage;
  const pulled = await page(client, fields, columns.value, request);
  // A field was removed or hidden since it was described: the next try asks again.
  if (!pulled.ok && pulled.error.code === 'INVALID_FIELD') fields.forget(client.connectionId, request.object);
  return pulled;
}

/** Records by id, deleted ones as tombstones. */
export async function readByIds(
  client: SalesforceClient,
  fields: KnownFields,
  object: string,
  ids: readonly string[],
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  const columns = await columnsOf(client, fields, object);
  if (!columns.ok) return columns;
  const known = ids.flatMap((id) => normaliseId(id) ?? []);
  if (known.length === 0) return ok([]);
  const rows: SalesforceRow[] = [];
  // What the columns leave of the URL is for the ids.
  const room = Math.floor((MOST_OF_QUERY - encodeURIComponent(columns.value).length) / ENCODED_ID);
  for (const slice of slices(known, Math.min(IDS_A_QUERY, room))) {
    const list = slice.map((id) => `'${id}'`).join(',');
    const found = await queryRows(client, `SELECT ${columns.value} FROM ${object} WHERE Id IN (${list})`, true);
    if (!found.ok) return found;
    rows.push(...found.value);
  }
  return toRecords(client, fields, object, rows);
}

async function changesPage(
  client: SalesforceClient,
  fields: KnownFields,
  columns: string,
  { object, cursor, since }: PullRequest,
): Promise<Result<PullPage, ConnectorError>> {
  if (cursor === null && since === null) return startFromNow(client, object);
  const {
    watermark,
    isFirst = false,
    after,
    startedAt,
  }: ChangesCursor = cursor === null
    ? { watermark: new Date(since ?? 0).toISOString(), isFirst: true }
    : (cursor as unknown as ChangesCursor);
  const where =
    after === undefined
      ? `SystemModstamp >= ${literal(cursor === null ? watermark : lookBack(watermark))}`
      : `(SystemModstamp > ${literal(after.stamp)} OR (SystemModstamp = ${literal(after.stamp)} AND Id > '${idLiteral(after.id)}'))`;
  const soql = `SELECT ${columns} FROM ${object} WHERE ${where} ORDER BY SystemModstamp, Id LIMIT ${PAGE_ROWS}`;
  const page = await queryPage(client, soql, true);
  if (!page.ok) return page;
  const { rows, complete, answeredAt } = page.value;
  const records = await toRecords(client, fields, object, rows);
  if (!records.ok) return records;

  const last = rows.at(-1);
  const stamp = last === undefined ? null : textOf(last, 'SystemModstamp');
  const began = startedAt ?? answeredAt ?? undefined;
  const done = last === undefined || (complete && rows.length < PAGE_ROWS);
  // Without a clock in the answer, the newest row is the next best: it costs reading that row again each time.
  if (done) {
    const needsListing = !isFirst && Date.parse(began ?? '') - Date.parse(instant(watermark)) > BIN_MS;
    return ok({
      records: records.value,
      cursor: asJson({ watermark: began ?? stamp ?? watermark }),
      done,
      needsListing,
    });
  }
  const id = textOf(last, 'Id');
  if (id === null || stamp === null) return err(UNREADABLE_ANSWER);
  const next: ChangesCursor = {
    watermark,
    ...(isFirst ? { isFirst } : {}),
    after: { stamp, id },
    ...(began === undefined ? {} : { startedAt: began }),
  };
  return ok({ records: records.value, cursor: asJson(next), done });
}

/** By the org's clock: of its answer, else of its newest record. An object without records has no past to skip. */
async function startFromNow(client: SalesforceClient, object: string): Promise<Result<PullPage, ConnectorError>> {
  const soql = `SELECT SystemModstamp FROM ${object} ORDER BY SystemModstamp DESC LIMIT 1`;
  const page = await queryPage(client, soql, true);
  if (!page.ok) return page;
  const newest = textOf(page.value.rows[0] ?? {}, 'SystemModstamp');
  const watermark = page.value.answeredAt ?? newest ?? '1970-01-01T00:00:00.000Z';
  return ok({ records: [], cursor: asJson({ watermark }), done: true });
}

async function fullPage(
  client: SalesforceClient,
  fields: KnownFields,
  columns: string,
  { object, cursor }: PullRequest,
): Promise<Result<PullPage, ConnectorError>> {
  const after = cursor === null ? '' : ` WHERE Id > '${idLiteral((cursor as unknown as FullCursor).afterId)}'`;
  const soql = `SELECT ${columns} FROM ${object}${after} ORDER BY Id LIMIT ${PAGE_ROWS}`;
  const page = await queryPage(client, soql, false);
  if (!page.ok) return page;
  const records = await toRecords(client, fields, object, page.value.rows);
  if (!records.ok) return records;
  const afterId = records.value.at(-1)?.id;
  const done = afterId === undefined || (page.value.complete && page.value.rows.length < PAGE_ROWS);
  return ok({ records: records.value, cursor: afterId === undefined ? (cursor ?? {}) : { afterId }, done });
}

async function columnsOf(
  client: SalesforceClient,
  fields: KnownFields,
  object: string,
): Promise<Result<string, ConnectorError>> {
  if (!isPulled(object)) {
    return err({
      category: 'config',
      code: 'not_pulled',
      message: `${object} is not an object whose changes are pulled`,
    });
  }
  const columns = await fields.columns(client, object);
  return columns.ok ? ok(columns.value.join(',')) : columns;
}

async function toRecords(
  client: SalesforceClient,
  fields: KnownFields,
  object: string,
  rows: readonly SalesforceRow[],
): Promise<Result<readonly PulledRecord[], ConnectorError>> {
  const extras = await extrasOf(client, fields, object, rows);
  if (!extras.ok) return extras;
  const us = client.settings.credentials.user_id ?? null;
  const records: PulledRecord[] = [];
  for (const row of rows) {
    const id = normaliseId(textOf(row, 'Id') ?? '');
    const stamp = textOf(row, 'SystemModstamp');
    if (id === null || stamp === null) return err(UNREADABLE_ANSWER);
    const by = textOf(row, 'LastModifiedById');
    records.push({
      object,
      id,
      change: changeOf(row, stamp),
      version: stamp,
      modifiedAt: instant(stamp),
      modifiedByUs: us === null || by === null ? null : by === us,
      dataText: stringify({ ...row, ...extras.value(id, row) }) ?? '{}',
    });
  }
  return ok(records);
}

type Extras = (id: string, row: SalesforceRow) => SalesforceRow;

/** What belongs to a record and is kept in others. */
async function extrasOf(
  client: SalesforceClient,
  fields: KnownFields,
  object: string,
  rows: readonly SalesforceRow[],
): Promise<Result<Extras, ConnectorError>> {
  if (object === 'Product2') return pricesOf(client, fields, rows);
  if (object !== 'Opportunity') return ok(() => ({}));
  const lines = await linesOf(client, rows);
  return lines.ok ? ok((id) => ({ OpportunityLineItems: lines.value.get(id) ?? [] })) : lines;
}

function changeOf(row: SalesforceRow, stamp: string): PulledChange {
  if (row['IsDeleted'] === true) return 'deleted';
  return textOf(row, 'CreatedDate') === stamp ? 'created' : 'updated';
}

/** A sub-select would count against the page's size and come back in pages of its own. */
async function linesOf(
  client: SalesforceClient,
  rows: readonly SalesforceRow[],
): Promise<Result<ReadonlyMap<string, SalesforceRow[]>, ConnectorError>> {
  const owners = rows.flatMap((row) =>
    row['HasOpportunityLineItem'] === true && row['IsDeleted'] !== true
      ? (normaliseId(textOf(row, 'Id') ?? '') ?? [])
      : [],
  );
  const found = new Map<string, SalesforceRow[]>();
  for (let at = 0; at < owners.length; at += IDS_A_QUERY) {
    const list = owners
      .slice(at, at + IDS_A_QUERY)
      .map((id) => `'${id}'`)
      .join(',');
    for (let after = ''; ;) {
      const soql =
        `SELECT ${LINE_FIELDS.join(',')} FROM OpportunityLineItem WHERE OpportunityId IN (${list})` +
        `${after === '' ? '' : ` AND Id > '${after}'`} ORDER BY Id LIMIT 2000`;
      const page = await queryPage(client, soql, false);
      if (!page.ok) return page;
      for (const line of page.value.rows) {
        const owner = normaliseId(textOf(line, 'OpportunityId') ?? '');
        if (owner !== null) found.set(owner, [...(found.get(owner) ?? []), line]);
      }
      const last = normaliseId(textOf(page.value.rows.at(-1) ?? {}, 'Id') ?? '');
      if (last === null || (page.value.complete && page.value.rows.length < 2_000)) break;
      after = last;
    }
  }
  return ok(found);
}

function lookBack(watermark: string): string {
  return new Date(Math.max(Date.parse(instant(watermark)) - OVERLAP_MS, 0)).toISOString();
}

/** `2026-11-20T10:00:00.000+0000` as everyone else writes it. */
function instant(stamp: string): string {
  return stamp.replace(/\+0000$/, 'Z');
}

/** Datetime literals stand unquoted, so nothing but an instant may become one: a cursor is data. */
function literal(stamp: string): string {
  if (!INSTANT.test(stamp)) throw new Error('a cursor holds something else than an instant');
  return instant(stamp);
}

function idLiteral(id: string): string {
  const known = normaliseId(id);
  if (known === null) throw new Error('a cursor holds something else than a record id');
  return known;
}

function asJson(cursor: ChangesCursor): JsonObject {
  return cursor as unknown as JsonObject;
}
