import { isLosslessNumber } from 'lossless-json';
import { isRealDate, type ConnectorError, type FieldSummary } from '@hub/connector-sdk';
import { type SalesforceClient } from './salesforce.client';
import { type KnownFields } from './salesforce.fields';
import { type PreparedRecord } from './salesforce.record';

const DATE = /^\d{4}-\d{2}-\d{2}(?=$|T)/;
const DECIMALS = /^-?\d+\.(\d+)$/;
/** Amounts have two; what has fewer fits everywhere but in numbers without any. */
const USUAL_SCALE = 2;

/**
 * Salesforce rounds a number with too many decimals without a word, and a day that does not exist spoils the whole call
 * without naming the field. Where a value may be one of these, the org is asked what the field takes; any other record
 * costs no call.
 * @returns by place in what `deliver` was given, those that are refused.
 */
export async function findLosses(
  client: SalesforceClient,
  known: KnownFields,
  object: string,
  records: readonly PreparedRecord[],
): Promise<ReadonlyMap<number, ConnectorError>> {
  const losses = new Map<number, ConnectorError>();
  const suspects = records.filter(({ fields }) => Object.values(fields).some(isSuspect));
  if (suspects.length === 0) return losses;
  const described = await known.all(client, object);
  // Whoever may not describe still may write: then Salesforce has the word.
  if (!described.ok) return losses;
  const byName = new Map(described.value.map((field) => [field.name.toLowerCase(), field]));
  for (const { index, fields } of suspects) {
    for (const [name, value] of Object.entries(fields)) {
      const field = byName.get(name.toLowerCase());
      const error = field === undefined ? null : lossOf(field, value);
      if (error !== null) losses.set(index, error);
    }
  }
  return losses;
}

function isSuspect(value: unknown): boolean {
  return isNoDay(value) || decimalsOf(value) > USUAL_SCALE;
}

function lossOf({ name, type, scale }: FieldSummary, value: unknown): ConnectorError | null {
  if ((type === 'date' || type === 'datetime') && isNoDay(value))
    return invalid('INVALID_TYPE_ON_FIELD_IN_RECORD', `${name} is a day that does not exist`, name);
  if (scale != null && decimalsOf(value) > scale)
    return invalid('NUMBER_OUTSIDE_VALID_RANGE', `${name} takes ${scale} decimals: Salesforce would round it`, name);
  return null;
}

function isNoDay(value: unknown): boolean {
  const day = typeof value === 'string' ? DATE.exec(value)?.[0] : undefined;
  return day !== undefined && !isRealDate(day);
}

/** Zeros at the end are none. */
function decimalsOf(value: unknown): number {
  const text = isLosslessNumber(value) ? value.toString() : typeof value === 'string' ? value : '';
  return DECIMALS.exec(text)?.[1]?.replace(/0+$/, '').length ?? 0;
}

function invalid(code: string, message: string, field: string): ConnectorError {
  return { category: 'validation', code, message, fields: [field] };
}
