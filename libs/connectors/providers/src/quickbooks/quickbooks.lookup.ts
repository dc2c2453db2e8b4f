import { isLosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { isNameList, type Entity } from './quickbooks.entities';
import { UNREADABLE_ANSWER } from './quickbooks.errors';
import { isMembers, type PreparedRecord } from './quickbooks.record';

/** A delivery is given up long before. */
const CREATED_WITHIN_MS = 4 * 24 * 60 * 60 * 1000;

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
  entity: Entity,
  statement: string,
): Promise<Result<readonly Body[], ConnectorError>> {
  const { result } = await client.query(statement);
  if (!result.ok) return result;
  const response = result.value['QueryResponse'];
  if (!isMembers(response)) return err(UNREADABLE_ANSWER);
  const found = response[entity];
  return ok(Array.isArray(found) ? found.filter(isMembers) : []);
}

/** Version tokens by id; what does not exist is not in it. */
export async function currentTokens(
  client: QuickBooksClient,
  entity: Entity,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<string, string>, ConnectorError>> {
  if (ids.length === 0) return ok(new Map());
  const list = ids.map(literal).join(', ');
  const found = await queryEntities(
    client,
    entity,
    `SELECT Id, SyncToken FROM ${entity} WHERE Id IN (${list})${withInactive(entity)} MAXRESULTS 1000`,
  );
  if (!found.ok) return found;
  return ok(
    new Map(
      found.value.flatMap(({ Id, SyncToken }) =>
        typeof Id === 'string' && typeof SyncToken === 'string' ? [[Id, SyncToken] as const] : [],
      ),
    ),
  );
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
  if (!isNameList(entity)) {
    const from = new Date(Date.now() - CREATED_WITHIN_MS).toISOString();
    const recent = await queryEntities(
      client,
      entity,
      `SELECT * FROM ${entity} WHERE MetaData.CreateTime >= ${literal(from)} ORDERBY MetaData.CreateTime DESC MAXRESULTS 1000`,
    );
    if (!recent.ok) return recent;
    return ok(
      recent.value.find(({ PrivateNote: note }) => typeof note === 'string' && note.includes(record.marker)) ?? null,
    );
  }
  const nameMember = entity === 'Item' ? 'Name' : 'DisplayName';
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
