import { type ConnectorError, type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { entityType, type ComplexType, type ContractElement, type Entity, type ErpContract } from './erp.contract';
import { ERP_PULL } from './erp.pull-objects';
import { pulledEntity } from './erp.pull';
import { KEY_OF } from './erp.record';
import { type ErpSettings } from './erp.settings';

const TYPES: Readonly<Record<string, FieldSummary['type']>> = {
  decimal: 'number',
  int: 'integer',
  long: 'string', // beyond what a number holds
  boolean: 'boolean',
  date: 'date',
  dateTime: 'datetime',
};

/** Kept by the system, whatever is sent in them. */
const SYSTEM_FIELDS = new Set(['OpenAmount', 'RowVersion', 'ModifiedOn']);
const NAMES = new Set(['Name', 'ContactName']);
const REFERENCES: Readonly<Record<string, string>> = { CustNo: 'Customer', InvoiceNo: 'Invoice' };

export function describeObjects(): readonly ObjectSummary[] {
  return ERP_PULL.map(({ name, title }) => ({
    name,
    label: title,
    custom: false,
    createable: true,
    // What is posted stays as it is.
    updateable: name !== 'Payment',
  }));
}

/** Fields of an object and of what is in it, as paths: `Address.Line1`, `Lines.Line.Qty`. */
export function describeFields(
  contract: ErpContract,
  settings: ErpSettings,
  object: string,
): Result<readonly FieldSummary[], ConnectorError> {
  const entity = pulledEntity(object);
  if (entity === undefined) {
    return err({ category: 'not_found', code: 'unknown_object', message: 'The ERP has no object of this name' });
  }
  return ok(fieldsOf(entity, settings, entityType(contract, entity), '', true));
}

function fieldsOf(
  entity: Entity,
  settings: ErpSettings,
  type: ComplexType,
  prefix: string,
  isDemanded: boolean,
): FieldSummary[] {
  return type.elements.flatMap((element) => {
    const field = fieldOf(entity, settings, element, prefix, isDemanded);
    if (element.type.kind === 'simple') return [field];
    return [field, ...fieldsOf(entity, settings, element.type, `${prefix}${element.name}.`, field.requiredOnCreate)];
  });
}

function fieldOf(
  entity: Entity,
  settings: ErpSettings,
  { name, type, required, many }: ContractElement,
  prefix: string,
  isDemanded: boolean,
): FieldSummary {
  const isTop = prefix === '';
  const base = type.kind === 'simple' ? type.base : '';
  const isOwnKey = isTop && name === KEY_OF[entity];
  const isReference = !isOwnKey && REFERENCES[name] !== undefined;
  const values = type.kind === 'simple' ? type.values : null;
  return {
    name: `${prefix}${name}`,
    label: name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    type:
      type.kind === 'complex'
        ? 'object'
        : values !== null
          ? 'picklist'
          : isReference
            ? 'reference'
            : (TYPES[base] ?? 'string'),
    vendorType: type.kind === 'complex' ? (many ? 'list' : 'object') : `xs:${base}`,
    requiredOnCreate: isDemanded && required,
    writable: !(isTop && SYSTEM_FIELDS.has(name)),
    externalId: isTop && (isOwnKey || name === 'ExtRef'),
    maxLength: entity === 'Customer' && isTop && NAMES.has(name) ? settings.nameLength : null,
    values,
  };
}
