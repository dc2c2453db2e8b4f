import { isLosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type AnswerKind, type Body, type QuickBooksClient } from './quickbooks.client';
import { isNameList, type Entity } from './quickbooks.entities';
import { UNREADABLE_ANSWER } from './quickbooks.errors';
import { MOST_SINGLE_READS, readOne } from './quickbooks.read-one';
import { isMembers, type PreparedRecord } from './quickbooks.record';

/** The vendor's clock and the hub's are never further apart. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;
/** Most that one query gives. */
export const PAGE_ROWS = 1_000;

/** The vendor's language knows two escapes; node-quickbooks only makes one of them, so a value ending in `\` breaks out. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Inactive entities are left out unless they are asked for. */
export function withInactive(entity: Entity): string {
  return isNameList(entity) ? ' AND Active IN (true, false)' : '';
}

export async function queryEntities(
  client: QuickBooksClient,
  entity: Entity | 'Employee' | 'Term',
  statement: string,
  kind: AnswerKind = 'page',
): Promise<Result<readonly Body[], ConnectorError>> {
  const { result } = await client.query(statement, kind);
  if (!result.ok) return result;
  const response = result.value['QueryResponse'];
  if (!isMembers(response)) return err(UNREADABLE_ANSWER);
  const found = response[entity];
  return ok(Array.isArray(found) ? found.filter(isMembers) : []);
}

export interface CurrentTokens {
  /** By id; what does not exist is not in it. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Ids that the query has missed and that are too many to be asked for one by one. */
  readonly unread: ReadonlySet<string>;
}

/** Version tokens, of records that were made a moment ago as well. */
export async function currentTokens(
  client: QuickBooksClient,
  entity: Entity,
  ids: readonly string[],
): Promise<Result<CurrentTokens, ConnectorError>> {
  if (ids.length === 0) return ok({ tokens: new Map(), unread: new Set() });
  const list = ids.map(literal).join(', ');
  const found = await queryEntities(
    client,
    entity,
    `SELECT Id, SyncToken FROM ${entity} WHERE Id IN (${list})${withInactive(entity)} MAXRESULTS 1000`,
    'record',
  );
  if (!found.ok) return found;
  const tokens = new Map(found.value.flatMap(tokenOf));
  const missed = [...new Set(ids.filter((id) => !tokens.has(id)))];
  for (const id of missed.slice(0, MOST_SINGLE_READS)) {
    const read = await readOne(client, entity, id);
    if (!read.ok) return read;
    for (const [known, token] of read.value === null ? [] : tokenOf(read.value)) tokens.set(known, token);
  }
  return ok({ tokens, unread: new Set(missed.slice(MOST_SINGLE_READS)) });
}

function nameMemberOf(entity: Entity): 'Name' | 'DisplayName' {
  return entity === 'Item' ? 'Name' : 'DisplayName';
}

/** Whether the vendor would refuse it the second time. */
export function isUniquelyNamed(entity: Entity, { members }: PreparedRecord): boolean {
  const name = isNameList(entity) ? members[nameMemberOf(entity)] : undefined;
  return typeof name === 'string' && name.trim() !== '';
}

function tokenOf({ Id, SyncToken }: Body): [id: string, token: string][] {
  return typeof Id === 'string' && typeof SyncToken === 'string' ? [[Id, SyncToken]] : [];
}

/**
 * A create whose answer was lost, found again: a transaction by the mark in its note, a name by its name, if it also
 * carries all that was sent. A namesake of other content is somebody else's.
 */
export async function findCreated(
  client: QuickBooksClient,
  entity: Entity,
  record: PreparedRecord,
): Promise<Result<Body | null, ConnectorError>> {
  if (!isNameList(entity)) return findMarked(client, entity, record);
  const nameMember = nameMemberOf(entity);
  const name = record.members[nameMember];
  // Without a name the vendor makes one up: nothing to look for, and `requestid` alone protects.
  if (typeof name !== 'string' || name.trim() === '') return ok(null);
  const named = await queryEntities(
    client,
    entity,
    `SELECT * FROM ${entity} WHERE ${nameMember} = ${literal(name.trim())}${withInactive(entity)}`,
  );
  if (!named.ok) return named;
  return ok(named.value.find((found) => carries(found, record.members)) ?? null);
}

/**
 * Notes cannot be searched, and a number that was sent may have been replaced by the company's own: so all that was made since
 * the event was accepted is read, of the record's customer alone, the latest first. The next page begins at the stamp that the last one ended
 * with, because new ones would shift positions; a page of nothing but that stamp is left by position.
 */
async function findMarked(
  client: QuickBooksClient,
  entity: Entity,
  { marker, members, acceptedAt }: PreparedRecord,
): Promise<Result<Body | null, ConnectorError>> {
  const customer = isMembers(members['CustomerRef']) ? members['CustomerRef']['value'] : undefined;
  const ofCustomer = typeof customer === 'string' ? `CustomerRef = ${literal(customer)} AND ` : '';
  const from = new Date(acceptedAt.getTime() - CLOCK_SKEW_MS).toISOString();
  let until: string | null = null;
  for (let position = 1; ;) {
    const before: string = until === null ? '' : ` AND MetaData.CreateTime <= ${literal(until)}`;
    const page = await queryEntities(
      client,
      entity,
      `SELECT * FROM ${entity} WHERE ${ofCustomer}MetaData.CreateTime >= ${literal(from)}${before} ` +
        `ORDERBY MetaData.CreateTime DESC STARTPOSITION ${position} MAXRESULTS ${PAGE_ROWS}`,
    );
    if (!page.ok) return page;
    const found = page.value.find(({ PrivateNote: note }) => typeof note === 'string' && note.includes(marker));
    if (found !== undefined) return ok(found);
    const last = page.value.at(-1)?.['MetaData'];
    const end = isMembers(last) ? instantOf(last['CreateTime']) : null;
    if (page.value.length < PAGE_ROWS) return ok(null);
    if (end === null) return err(UNREADABLE_ANSWER);
    position = end === until ? position + PAGE_ROWS : 1;
    until = end;
  }
}

/** Stamps carry the Pacific offset; only instants can be compared, above all in the night when an hour comes twice. */
export function instantOf(stamp: unknown): string | null {
  if (typeof stamp !== 'string') return null;
  const ms = Date.parse(stamp);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** Whether everything in `sent` is in `found`, as the vendor prints it. */
export function carries(found: unknown, sent: unknown): boolean {
  if (isMembers(sent)) {
    return isMembers(found) && Object.entries(sent).every(([name, value]) => carries(found[name], value));
  }
  if (Array.isArray(sent)) {
    return Array.isArray(found) && sent.every((value, index) => carries(found[index], value));
  }
  if (sent === null || sent === '') return found === undefined || found === null || found === '';
  if (isLosslessNumber(sent)) return Number(sent.toString()) === numberOf(found);
  return typeof sent === 'string' && typeof found === 'string' ? sent.trim() === found.trim() : sent === found;
}

function numberOf(value: unknown): number {
  return isLosslessNumber(value) ? Number(value.toString()) : typeof value === 'string' ? Number(value) : NaN;
}
