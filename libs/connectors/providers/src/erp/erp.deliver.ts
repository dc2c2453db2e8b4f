import { createHash } from 'node:crypto';
import { type ConnectorError, type DeliveryRecord, type RecordOutcome, type WireExchange } from '@hub/connector-sdk';
import { err, type JsonObject, type Result } from '@hub/platform';
import { type ErpClient } from './erp.client';
import { entityType, type ErpOperation } from './erp.contract';
import { isSameContent } from './erp.content';
import { findRecord, type Readable } from './erp.lookup';
import { refused, type Members } from './erp.members';
import { type ErpWrite, type Verb } from './erp.operation';
import { readPayload, type ErpPayload } from './erp.payload';
import { idOfRecord } from './erp.ids';
import { KEY_OF, stringOf } from './erp.record';
import { outcomeOf, type Sent } from './erp.result';
import { writeMembers } from './erp.write';

const REFERENCE_LENGTH = 40;
const MUST_NOT_EXIST = '0';
const OPERATION_OF = {
  Customer: 'UpsertCustomer',
  Invoice: 'UpsertInvoice',
  Payment: 'PostPayment',
} as const satisfies Record<string, ErpOperation>;

/** What is known of the record before it is written. */
interface Target {
  /** Members to send, over those that the contract demands. */
  readonly members: Members;
  readonly expectedVersion: string | null;
  /** Of the record as it was read, where that was needed. */
  readonly current: JsonObject | null;
  readonly exchange?: WireExchange | undefined;
}

type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ConnectorError; readonly exchange?: WireExchange | undefined };

/** One record, with one call; with two where what is there must be read first. */
export async function deliverRecord(
  client: ErpClient,
  operation: ErpWrite,
  record: DeliveryRecord,
): Promise<RecordOutcome> {
  const payload = readPayload(record.payloadText, operation.entity, client.settings);
  if (!payload.ok) return failure(payload.error);
  const { entity } = operation;
  if (entity === 'Payment') return post(client, record, payload.value);
  return operation.verb === 'create'
    ? create(client, entity, record, payload.value)
    : change(client, entity, operation.verb, record, payload.value);
}

/** Posting is final. The reference makes the second of two equal ones a repeat, however late it comes. */
async function post(client: ErpClient, record: DeliveryRecord, payload: ErpPayload): Promise<RecordOutcome> {
  const key = KEY_OF.Payment;
  if (payload.key !== null) return failure(refused('key_given', `${key} is given by the ERP`, key));
  const { members } = payload;
  const extRef = payload.extRef ?? referenceOf(record.idempotencyKey);
  const whole = { ExtRef: extRef, ...members, Allocations: members['Allocations'] ?? {} };
  return send(client, { entity: 'Payment', members: whole, version: null, made: true }, record);
}

async function create(
  client: ErpClient,
  entity: Readable,
  record: DeliveryRecord,
  payload: ErpPayload,
): Promise<RecordOutcome> {
  const key = KEY_OF[entity];
  if (payload.key !== null) return failure(refused('key_given', `${key} is given by the ERP`, key));
  const extRef = payload.extRef ?? referenceOf(record.idempotencyKey);
  const members = { ...payload.members, ExtRef: extRef };
  const sent = { entity, members, version: MUST_NOT_EXIST, made: true };
  const outcome = await send(client, sent, record);
  if (outcome.ok || outcome.error.category !== 'stale') return outcome;
  // There is one with this reference: perhaps ours, made so long ago that the system has forgotten the message.
  const found = await findRecord(client, entity, { extRef });
  if (!found.result.ok) return failure(found.result.error, found.exchange);
  const existing = found.result.value;
  const isOurs = existing !== null && (payload.extRef === null || isSameContent(members, existing));
  if (!isOurs) return failure(taken(extRef, existing, key), outcome.exchange);
  return {
    ok: true,
    externalId: idOfRecord(entity, existing, client.settings),
    version: stringOf(existing, 'RowVersion'),
    ...(found.exchange === undefined ? {} : { exchange: found.exchange }),
  };
}

async function change(
  client: ErpClient,
  entity: Readable,
  verb: Exclude<Verb, 'create'>,
  record: DeliveryRecord,
  given: ErpPayload,
): Promise<RecordOutcome> {
  const reference = given.key === null ? (given.extRef ?? referenceOf(record.subject ?? '')) : given.extRef;
  if (given.key === null && reference === null) {
    const message = `Neither ${KEY_OF[entity]} nor ExtRef is given, and the event has no subject to take its place`;
    return failure(refused('reference_missing', message, 'ExtRef'));
  }
  const payload = { ...given, extRef: reference };
  const target = await targetOf(client, entity, verb, payload);
  if (!target.ok) return failure(target.error, target.exchange);
  const { current, expectedVersion, exchange } = target.value;
  const wanted = verb === 'deactivate' ? INACTIVE[entity] : {};
  if (verb === 'deactivate' && current !== null && isSameContent(wanted, current)) {
    return {
      ok: true,
      externalId: idOfRecord(entity, current, client.settings),
      created: false,
      version: stringOf(current, 'RowVersion'),
      ...(exchange === undefined ? {} : { exchange }),
    };
  }
  const key = payload.key ?? (current === null ? null : stringOf(current, KEY_OF[entity]));
  const members = {
    ...target.value.members,
    ...wanted,
    ...(key === null ? {} : { [KEY_OF[entity]]: key }),
    ...(reference === null ? {} : { ExtRef: reference }),
  };
  return send(client, { entity, members, version: expectedVersion, made: false }, record);
}

const INACTIVE: Readonly<Record<Readable, Members>> = {
  Customer: { Blocked: 'Y' },
  Invoice: { Status: 'CANCELLED' },
};

/**
 * What is to be sent. The contract demands a customer's name and nearly all of an invoice in every message, so what a
 * sparse payload lacks is taken from the record as it is, and the version that was read must still be the one: otherwise
 * somebody else's change in between would be undone.
 */
async function targetOf(
  client: ErpClient,
  entity: Readable,
  verb: Exclude<Verb, 'create'>,
  { key, year, extRef, version, members }: ErpPayload,
): Promise<Step<Target>> {
  const demanded = entityType(client.contract, entity)
    .elements.filter(({ required }) => required)
    .map(({ name }) => name);
  const isWhole = demanded.every((name) => members[name] !== undefined);
  // A number that is given out each year is another document's too; its reference tells them apart.
  const isClear = year === null || extRef !== null;
  if (verb === 'upsert' && isWhole && isClear) {
    return { ok: true, value: { members, expectedVersion: version, current: null } };
  }
  const byReference = extRef !== null && (key === null || year !== null);
  const { result, exchange } = await findRecord(client, entity, byReference ? { extRef } : { key: key ?? '' });
  if (!result.ok) return { ok: false, error: result.error, exchange };
  const current = result.value;
  if (current === null) {
    const makes = verb === 'upsert' && key === null;
    if (makes) return { ok: true, value: { members, expectedVersion: version, current, exchange } };
    return { ok: false, error: notFound(entity, byReference ? 'ExtRef' : KEY_OF[entity]), exchange };
  }
  if (year !== null && idOfRecord(entity, current, client.settings) !== `${year}/${key ?? ''}`) {
    return { ok: false, error: otherYear(key ?? ''), exchange };
  }
  const kept = Object.fromEntries(demanded.map((name) => [name, current[name]]));
  const read = stringOf(current, 'RowVersion');
  return { ok: true, value: { members: { ...kept, ...members }, expectedVersion: version ?? read, current, exchange } };
}

/** The call itself. The message is named after its content: a repeat is one to the system, and another content never is. */
async function send(client: ErpClient, sent: Sent, record: DeliveryRecord): Promise<RecordOutcome> {
  const { entity, members, version } = sent;
  const written = writeMembers(entityType(client.contract, entity), members, client.settings);
  if (!written.ok) return failure(written.error);
  // In the order of the contract.
  const content = {
    ...(version === null || entity === 'Payment' ? {} : { ExpectedRowVersion: version }),
    [entity]: written.value,
  };
  const operation = OPERATION_OF[entity];
  const MessageId = createHash('sha256')
    .update(JSON.stringify([record.idempotencyKey, operation, content]))
    .digest('hex');
  const { result, exchange } = await client.call(operation, { MessageId, ...content });
  const outcome: Result<Omit<Extract<RecordOutcome, { ok: true }>, 'ok'>, ConnectorError> = result.ok
    ? outcomeOf(client.settings, sent, result.value)
    : err(result.error);
  if (!outcome.ok) return failure(outcome.error, exchange);
  return { ok: true, ...outcome.value, ...(exchange === undefined ? {} : { exchange }) };
}

/** At most what the column holds; a longer one is named by its hash. Null for nothing. */
function referenceOf(text: string): string;
function referenceOf(text: string): string | null {
  if (text.trim() === '') return null;
  if (text.length <= REFERENCE_LENGTH && /^[\x21-\x7e]+$/.test(text)) return text;
  return `hub-${createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, REFERENCE_LENGTH - 4)}`;
}

function failure(error: ConnectorError, exchange?: WireExchange): RecordOutcome {
  return { ok: false, error, ...(exchange === undefined ? {} : { exchange }) };
}

function notFound(entity: Readable, field: string): ConnectorError {
  return {
    category: 'not_found',
    code: 'ERP-1404',
    message: `The ERP has no ${entity} of that ${field}`,
    fields: [field],
  };
}

function otherYear(number: string): ConnectorError {
  return {
    category: 'not_found',
    code: 'other_fiscal_year',
    message: `The ERP answers to the number ${number} with an invoice of another fiscal year; give its ExtRef as well`,
    fields: ['InvoiceNo'],
  };
}

function taken(extRef: string, existing: JsonObject | null, key: string): ConnectorError {
  const number = existing === null ? null : stringOf(existing, key);
  return {
    category: 'duplicate',
    code: 'reference_taken',
    message: `The reference ${extRef} is taken${number === null ? '' : ` by ${key} ${number}`}`,
    fields: ['ExtRef'],
  };
}
