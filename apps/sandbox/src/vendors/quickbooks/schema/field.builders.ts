import { type EntityName, type FieldMap, type FieldSpec, type ScalarKind } from './schema.types';

export const text = (max: number): FieldSpec => ({ kind: 'text', max });
export const name = (max: number): FieldSpec => ({ kind: 'text', max, plain: true });
export const number = (scale: number): FieldSpec => ({ kind: 'number', scale });
export const bool: FieldSpec = { kind: 'boolean' };
export const date: FieldSpec = { kind: 'date' };
export const choice = (...values: string[]): FieldSpec => ({ kind: 'choice', values });
export const reference = (to: EntityName | 'none' | 'any'): FieldSpec => ({ kind: 'reference', to });
export const object = (fields: FieldMap): FieldSpec => ({ kind: 'object', fields });
export const list = (of: FieldMap): FieldSpec => ({ kind: 'list', of });
export const computed = (as: ScalarKind | 'object' = 'text'): FieldSpec => ({ kind: 'computed', as });
export const amount = number(2);

/** On every record, in what is read and in what is sent back. */
export const BASE_FIELDS: FieldMap = {
  Id: computed('id'),
  SyncToken: computed('number'),
  sparse: computed('boolean'),
  domain: computed(),
  status: computed(),
  MetaData: computed('object'),
};

export const ADDRESS = object({
  Id: text(30),
  Line1: text(500),
  Line2: text(500),
  Line3: text(500),
  Line4: text(500),
  Line5: text(500),
  City: text(255),
  Country: text(255),
  CountryCode: text(3),
  CountrySubDivisionCode: text(255),
  PostalCode: text(30),
  PostalCodeSuffix: text(10),
  Lat: text(30),
  Long: text(30),
  Tag: text(30),
  Note: text(500),
});

export const PHONE = object({ Id: computed(), FreeFormNumber: text(30), Default: computed(), Tag: computed() });
export const EMAIL = object({
  Id: computed(),
  Address: { kind: 'text', max: 100, format: 'email' },
  Default: computed(),
  Tag: computed(),
});
export const WEB_ADDRESS = object({
  Id: computed(),
  URI: { kind: 'text', max: 1000, format: 'uri' },
  Default: computed(),
  Tag: computed(),
});
export const MEMO = object({ value: text(1000) });
export const CUSTOM_FIELDS = list({
  DefinitionId: text(10),
  Name: computed(),
  Type: choice('StringType'),
  StringValue: text(31),
});
