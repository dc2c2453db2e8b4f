import { isLosslessNumber, parse as parseLossless, stringify, type LosslessNumber } from 'lossless-json';
import { type ConnectorError, type DeliveryRecord } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type Verb } from './salesforce.operation';

/** A value of an external id: text, or a number spelt as in the payload. */
export type ExternalId = string | LosslessNumber;

/** A delivery made ready for a collection. */
export interface PreparedRecord {
  /** Place in what `deliver` was given. */
  readonly index: number;
  /** Of the payload, when it names one. */
  readonly id: string | null;
  readonly externalId: ExternalId | null;
  /** The payload without Id and external id. Numbers are kept digit by digit: amounts have up to 18 of them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const MAX_EXTERNAL_ID_LENGTH = 255;
const RECORD_ID = /^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$/;

/**
 * A payload with an `Id` names the record itself, whatever the external id says. Otherwise, where the external id comes from:
 * 1. the field in the payload; present but empty is refused, since Salesforce would insert a new record each time;
 * 2. for `create`, the key of the delivery: two events about one subject make two records, a retry makes none;
 * 3. for `upsert` and `update`, the subject of the event, which names the record at the source.
 */
export function prepareRecord(
  record: DeliveryRecord,
  index: number,
  verb: Verb,
  externalIdField: string,
): Result<PreparedRecord, ConnectorError> {
  let payload: unknown;
  try {
    payload = parseLossless(record.payloadText);
  } catch {
    return invalid('payload_not_json', 'The payload is not JSON');
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload) || isLosslessNumber(payload)) {
    return invalid('payload_not_object', 'The payload must be a JSON object with one member for each field');
  }
  const fields: Record<string, unknown> = {};
  let id: string | null = null;
  let given: unknown;
  for (const [name, value] of Object.entries(payload)) {
    const lower = name.toLowerCase();
    // `attributes.type` names the object of a record: it must not come from a payload.
    if (lower === 'attributes') return invalid('reserved_member', 'The payload must not contain "attributes"');
    // Field names are the same in any case.
    if (lower === externalIdField.toLowerCase()) given = value;
    else if (lower === 'id' && verb !== 'create' && value !== null) {
      if (typeof value !== 'string' || !RECORD_ID.test(value))
        return invalid('MALFORMED_ID', 'Id is not a record id', ['Id']);
      id = value;
    } else fields[name] = value;
  }
  if (id !== null) {
    if (given !== undefined) fields[externalIdField] = given;
    return ok({ index, id, externalId: null, fields });
  }
  const fallback = verb === 'create' ? record.idempotencyKey : record.subject;
  const externalId = readExternalId(given === undefined ? fallback : given, externalIdField);
  return externalId.ok ? ok({ index, id, externalId: externalId.value, fields }) : externalId;
}

function readExternalId(value: unknown, field: string): Result<ExternalId, ConnectorError> {
  if (isLosslessNumber(value)) return ok(value);
  if (value === null || value === undefined || value === '' || (typeof value === 'string' && value.trim() === '')) {
    return invalid('external_id_missing', `${field} is empty, and the event has no subject to take its place`, [field]);
  }
  if (typeof value !== 'string') return invalid('external_id_invalid', `${field} must be text or a number`, [field]);
  if (value.length > MAX_EXTERNAL_ID_LENGTH) {
    return invalid('STRING_TOO_LONG', `${field} is longer than ${MAX_EXTERNAL_ID_LENGTH} characters`, [field]);
  }
  return ok(value);
}

/** What two records must not share within one call. External ids are case-insensitive unless their field says otherwise. */
export function uniqueKeyOf({ id, externalId }: Pick<PreparedRecord, 'id' | 'externalId'>): string {
  // The first 15 characters are the id; three more are its checksum.
  return id === null ? `x:${String(externalId).trim().toLowerCase()}` : `i:${id.slice(0, 15)}`;
}

/** The record as the collections API wants it: `attributes` must come before any other member. */
export function recordJson(
  object: string,
  { id, externalId, fields }: Pick<PreparedRecord, 'id' | 'externalId' | 'fields'>,
  externalIdField: string,
): string {
  const key = id === null ? { [externalIdField]: externalId } : { Id: id };
  return stringify({ attributes: { type: object }, ...key, ...fields }) ?? '{}';
}

function invalid(code: string, message: string, fields?: readonly string[]): Result<never, ConnectorError> {
  return err({ category: 'validation', code, message, ...(fields === undefined ? {} : { fields }) });
}
