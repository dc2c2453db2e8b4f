import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { type ErpAnswer, type ErpClient } from './erp.client';
import { bodyOf, elementOf, entityType, type Entity } from './erp.contract';
import { UNREADABLE_ANSWER } from './erp.errors';
import { textOf } from './erp.fault';
import { listOf, readRecord, stringOf } from './erp.record';
import { readValue } from './erp.values';

/** What one call of `GetChangesSince` is asked with. A cursor stands for its own `Since`. */
export interface ChangesQuestion {
  readonly entity: Entity;
  readonly since?: string | undefined;
  readonly cursor?: string | undefined;
  readonly rows: number;
}

export interface ChangesAnswer {
  readonly rows: readonly JsonObject[];
  readonly deleted: readonly JsonObject[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
  readonly serverTime: string;
}

export async function askForChanges(
  client: ErpClient,
  { entity, since, cursor, rows }: ChangesQuestion,
): Promise<Result<ChangesAnswer, ConnectorError>> {
  const { result } = await client.call('GetChangesSince', {
    EntityType: entity,
    Since: cursor === undefined ? since : undefined,
    Cursor: cursor,
    MaxRows: String(rows),
  });
  return result.ok ? readAnswer(client, entity, result.value) : result;
}

/** The clock of the system as it prints it. The one call that it answers even at night. */
export async function askForTime(
  client: ErpClient,
): Promise<Result<{ readonly time: string; readonly version: string | null }, ConnectorError>> {
  const { result } = await client.call('Ping', {});
  if (!result.ok) return result;
  const time = textOf(result.value['ServerTime']);
  return time === undefined ? err(UNREADABLE_ANSWER) : ok({ time, version: textOf(result.value['Version']) ?? null });
}

function readAnswer(client: ErpClient, entity: Entity, answer: ErpAnswer): Result<ChangesAnswer, ConnectorError> {
  const { contract, settings } = client;
  const format = settings.numberFormat;
  const type = entityType(contract, entity);
  const tombstone = elementOf(bodyOf(contract, 'GetChangesSince', 'answer'), 'Deleted')?.type;
  const hasMore = textOf(answer['HasMore']);
  const serverTime = textOf(answer['ServerTime']);
  // Without them it cannot be told how to go on: part of an answer, or another one.
  if (hasMore === undefined || serverTime === undefined) return err(UNREADABLE_ANSWER);
  const flag = readValue({ kind: 'simple', base: 'boolean', values: null, fractionDigits: null }, hasMore, format);
  const deleted =
    tombstone?.kind === 'complex' ? listOf(answer['Deleted']).map((gone) => readRecord(tombstone, gone, format)) : [];
  return ok({
    rows: listOf(answer[entity]).map((row) => readRecord(type, row, format)),
    deleted: deleted.filter((gone) => (stringOf(gone, 'EntityType') ?? entity) === entity),
    nextCursor: nonEmpty(textOf(answer['NextCursor'])),
    hasMore: flag === 'true',
    serverTime: serverTime.trim(),
  });
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}
