import { type ConnectorError, type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { UNREADABLE_ANSWER } from './netsuite.errors';
import { isMembers, textOf, type Members } from './netsuite.json';
import { ALIASES, ITEM_TYPES } from './netsuite.operation';

/** The description of a record type with all its sublists, or the names of all types. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The catalogue has names in small letters; operations, pulls and the documentation have these. */
const NAMES = new Map(
  [
    ...Object.values(ALIASES),
    ...ITEM_TYPES,
    'journalEntry',
    'creditMemo',
    'purchaseOrder',
    'vendorBill',
    'vendorPayment',
  ]
    .filter((name) => name !== 'item')
    .map((name) => [name.toLowerCase(), name]),
);

export async function describeObjects(
  client: NetSuiteClient,
): Promise<Result<readonly ObjectSummary[], ConnectorError>> {
  const { result } = await client.read({
    method: 'GET',
    path: '/record/v1/metadata-catalog',
    headers: { accept: 'application/json' },
    mostBytes: MOST_BYTES,
  });
  if (!result.ok) return result;
  const { items } = result.value;
  if (!Array.isArray(items)) return err(UNREADABLE_ANSWER);
  return ok(
    items.filter(isMembers).flatMap((item): ObjectSummary[] => {
      const name = textOf(item['name']);
      if (name === null) return [];
      const known = NAMES.get(name.toLowerCase()) ?? name;
      // The catalogue says what there is, not what the hub's role may do with it: an answer to a write does.
      return [
        {
          name: known,
          label: words(known),
          custom: known.startsWith('customrecord'),
          createable: true,
          updateable: true,
        },
      ];
    }),
  );
}

/** A field that is missing is off for this account, or hidden from the hub's role. */
export async function describeFields(
  client: NetSuiteClient,
  type: string,
): Promise<Result<readonly FieldSummary[], ConnectorError>> {
  // Pulled as one object, written as several: what they have in common.
  const name = type === 'item' ? 'nonInventorySaleItem' : type;
  const { result } = await client.read({
    method: 'GET',
    // Always one type: the whole catalogue is tens of megabytes.
    path: `/record/v1/metadata-catalog/${name}`,
    headers: { accept: 'application/schema+json' },
    mostBytes: MOST_BYTES,
  });
  if (!result.ok) return result;
  const { properties, required } = result.value;
  if (!isMembers(properties)) return err(UNREADABLE_ANSWER);
  const mandatory = new Set<unknown>(Array.isArray(required) ? required : []);
  return ok(
    Object.entries(properties).flatMap(([field, schema]) =>
      field === 'links' || !isMembers(schema) ? [] : [summary(field, schema, mandatory.has(field))],
    ),
  );
}

function summary(name: string, schema: Members, isMandatory: boolean): FieldSummary {
  const { type, vendorType } = typeOf(schema);
  const isReadOnly = schema['readOnly'] === true || name === 'id';
  const length = Number(textOf(schema['maxLength']) ?? NaN);
  return {
    name,
    label: textOf(schema['title']) ?? words(name),
    type,
    vendorType,
    requiredOnCreate: isMandatory && !isReadOnly,
    writable: !isReadOnly,
    externalId: name === 'externalId',
    maxLength: Number.isSafeInteger(length) && length > 0 ? length : null,
    values: valuesOf(schema),
  };
}

function typeOf(schema: Members): Pick<FieldSummary, 'type' | 'vendorType'> {
  const { type, format, properties } = schema;
  const named = (summaryType: FieldSummary['type'], vendorType: string): Pick<FieldSummary, 'type' | 'vendorType'> => ({
    type: summaryType,
    vendorType,
  });
  if (typeof schema['$ref'] === 'string' || Array.isArray(schema['oneOf'])) return named('reference', 'reference');
  if (valuesOf(schema) !== null) return named('picklist', 'enum');
  if (isMembers(properties) && properties['items'] !== undefined) return named('object', 'collection');
  // A reference whose target is not in the catalogue is an object with these two.
  if (isMembers(properties) && properties['id'] !== undefined && properties['refName'] !== undefined) {
    return named('reference', 'reference');
  }
  switch (type) {
    case 'boolean':
    case 'integer':
    case 'number':
      return named(type, type);
    case 'string':
      if (format === 'date') return named('date', 'date');
      return format === 'date-time' ? named('datetime', 'date-time') : named('string', textOf(format) ?? 'string');
    default:
      return named('object', textOf(type) ?? 'object');
  }
}

/** A picklist is an object whose id has its values listed. */
function valuesOf(schema: Members): readonly string[] | null {
  const { properties } = schema;
  const id = isMembers(properties) ? properties['id'] : undefined;
  const values = isMembers(id) ? id['enum'] : schema['enum'];
  return Array.isArray(values) ? values.flatMap((value) => textOf(value) ?? []) : null;
}

function words(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
