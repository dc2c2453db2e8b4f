import { type FieldDef, type FieldType } from './schema.types';

type Extra = Partial<Omit<FieldDef, 'name' | 'type'>>;

/** `BillingPostalCode` → `Billing Postal Code`, `ERP_Id__c` → `ERP Id`: how an admin would have labelled it. */
function labelOf(name: string): string {
  return name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
}

function field(name: string, type: FieldType, extra: Extra): FieldDef {
  return {
    name,
    type,
    label: labelOf(name),
    length: 0,
    precision: 0,
    scale: 0,
    nillable: true,
    createable: true,
    updateable: true,
    defaultedOnCreate: false,
    defaultValue: null,
    externalId: false,
    idLookup: false,
    unique: false,
    caseSensitive: false,
    calculated: false,
    autoNumber: false,
    nameField: false,
    restrictedPicklist: false,
    picklist: [],
    referenceTo: [],
    relationshipName: null,
    cascadeDelete: false,
    filterable: true,
    sortable: true,
    compoundFieldName: null,
    components: [],
    ...extra,
  };
}

export const REQUIRED: Extra = { nillable: false };
export const READ_ONLY: Extra = { createable: false, updateable: false };
const SYSTEM: Extra = { ...READ_ONLY, nillable: false, defaultedOnCreate: true };

export const text = (name: string, length: number, extra: Extra = {}): FieldDef =>
  field(name, 'string', { length, ...extra });
export const email = (name: string, extra: Extra = {}): FieldDef => field(name, 'email', { length: 80, ...extra });
export const phone = (name: string): FieldDef => field(name, 'phone', { length: 40 });
export const url = (name: string): FieldDef => field(name, 'url', { length: 255 });
export const date = (name: string, extra: Extra = {}): FieldDef => field(name, 'date', extra);
export const integer = (name: string, digits: number): FieldDef => field(name, 'int', { precision: digits });
export const boolean = (name: string, defaultValue: boolean, extra: Extra = {}): FieldDef =>
  field(name, 'boolean', { nillable: false, defaultedOnCreate: true, defaultValue, ...extra });

/** More than 255 characters are a long text area: it can be neither filtered nor sorted by. */
export const textarea = (name: string, length: number, extra: Extra = {}): FieldDef =>
  field(name, 'textarea', { length, filterable: length <= 255, sortable: length <= 255, ...extra });

export const number = (
  type: 'currency' | 'double' | 'percent',
  name: string,
  precision: number,
  scale: number,
  extra: Extra = {},
): FieldDef => field(name, type, { precision, scale, ...extra });

export const picklist = (
  name: string,
  values: readonly string[],
  extra: Extra & { defaultOption?: string } = {},
): FieldDef => {
  const { defaultOption, ...rest } = extra;
  return field(name, 'picklist', {
    length: 255,
    picklist: values.map((value) => ({ value, isDefault: value === defaultOption })),
    ...rest,
  });
};

/** The relationship is named after the field: `AccountId` → `Account`, `Account__c` → `Account__r`. */
export const reference = (name: string, to: string, extra: Extra = {}): FieldDef =>
  field(name, 'reference', {
    length: 18,
    referenceTo: [to],
    relationshipName: name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, ''),
    label: labelOf(name).replace(/ Id$/, ' ID'),
    ...extra,
  });

/** A text external id. Unique and case-insensitive, as an admin ticks it for integration keys. */
export const externalId = (name: string, unique = true): FieldDef =>
  text(name, 100, { externalId: true, idLookup: true, unique });

/** The five writable parts and the read-only compound that shows them together. */
export function address(prefix: string): FieldDef[] {
  const compound = { compoundFieldName: `${prefix}Address` };
  return [
    textarea(`${prefix}Street`, 255, compound),
    text(`${prefix}City`, 40, compound),
    text(`${prefix}State`, 80, compound),
    text(`${prefix}PostalCode`, 20, compound),
    text(`${prefix}Country`, 80, compound),
    field(`${prefix}Address`, 'address', {
      ...READ_ONLY,
      filterable: false,
      sortable: false,
      components: [
        ['city', `${prefix}City`],
        ['country', `${prefix}Country`],
        ['postalCode', `${prefix}PostalCode`],
        ['state', `${prefix}State`],
        ['street', `${prefix}Street`],
      ],
    }),
  ];
}

/** What every object begins and ends with. */
export function withSystemFields(label: string, fields: readonly FieldDef[], options: { owner: boolean }): FieldDef[] {
  const user = (name: string, extra: Extra): FieldDef => reference(name, 'User', extra);
  return [
    field('Id', 'id', { ...SYSTEM, length: 18, idLookup: true, label: `${label} ID` }),
    boolean('IsDeleted', false, { ...READ_ONLY, label: 'Deleted' }),
    ...fields,
    ...(options.owner ? [user('OwnerId', { nillable: false, defaultedOnCreate: true })] : []),
    field('CreatedDate', 'datetime', SYSTEM),
    user('CreatedById', SYSTEM),
    field('LastModifiedDate', 'datetime', SYSTEM),
    user('LastModifiedById', SYSTEM),
    field('SystemModstamp', 'datetime', SYSTEM),
  ];
}
