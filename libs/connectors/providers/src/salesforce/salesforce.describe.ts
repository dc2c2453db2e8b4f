import { type ConnectorError, type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { UNREADABLE_ANSWER } from './salesforce.errors';

/** Account alone is 550 kB in a real org, and objects may have two thousand fields. */
const MAX_DESCRIBE_BYTES = 16 * 1024 * 1024;

const TYPES: Readonly<Record<string, FieldSummary['type']>> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'integer',
  double: 'number',
  currency: 'number',
  percent: 'number',
  date: 'date',
  datetime: 'datetime',
  picklist: 'picklist',
  multipicklist: 'picklist',
  reference: 'reference',
  address: 'object',
  location: 'object',
  complexvalue: 'object',
};

/** Types that round without a word what has more decimals than they do. */
const NUMBERS = new Set(['currency', 'double', 'percent']);

export async function describeObjects(
  client: SalesforceClient,
): Promise<Result<readonly ObjectSummary[], ConnectorError>> {
  const { result } = await client.call((connection) => connection.describeGlobal(), MAX_DESCRIBE_BYTES);
  if (!result.ok) return result;
  const { sobjects } = asRecord(result.value);
  if (!Array.isArray(sobjects)) return err(UNREADABLE_ANSWER);
  return ok(
    sobjects
      .map(asRecord)
      .filter(({ name, deprecatedAndHidden }) => typeof name === 'string' && deprecatedAndHidden !== true)
      .map((object) => ({
        name: text(object['name']),
        label: text(object['label']),
        custom: object['custom'] === true,
        createable: object['createable'] === true,
        updateable: object['updateable'] === true,
      })),
  );
}

/** A field that is missing is as often hidden from the hub's user as it does not exist. */
export async function describeFields(
  client: SalesforceClient,
  object: string,
): Promise<Result<readonly FieldSummary[], ConnectorError>> {
  const { result } = await client.call((connection) => connection.describe(object), MAX_DESCRIBE_BYTES);
  if (!result.ok) return result;
  const { fields } = asRecord(result.value);
  if (!Array.isArray(fields)) return err(UNREADABLE_ANSWER);
  return ok(
    fields
      .map(asRecord)
      .filter(({ name, deprecatedAndHidden }) => typeof name === 'string' && deprecatedAndHidden !== true)
      .map(fieldSummary),
  );
}

function fieldSummary(field: Readonly<Record<string, unknown>>): FieldSummary {
  const vendorType = text(field['type']);
  const createable = field['createable'] === true;
  const { length, scale } = field;
  return {
    name: text(field['name']),
    label: text(field['label']),
    type: TYPES[vendorType] ?? 'string',
    vendorType,
    requiredOnCreate: createable && field['nillable'] === false && field['defaultedOnCreate'] !== true,
    writable: createable || field['updateable'] === true,
    externalId: field['externalId'] === true || field['idLookup'] === true,
    maxLength: typeof length === 'number' && length > 0 ? length : null,
    ...(typeof scale === 'number' && NUMBERS.has(vendorType) ? { scale } : {}),
    values: picklistValues(field),
  };
}

/** Null where any value is taken: only a restricted picklist refuses what is not on its list. */
function picklistValues({
  picklistValues: values,
  restrictedPicklist,
}: Readonly<Record<string, unknown>>): readonly string[] | null {
  if (!Array.isArray(values) || values.length === 0 || restrictedPicklist !== true) return null;
  return values
    .map(asRecord)
    .filter(({ active }) => active !== false)
    .map(({ value }) => text(value));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
