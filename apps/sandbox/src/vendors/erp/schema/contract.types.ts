export type SimpleBase = 'string' | 'decimal' | 'int' | 'long' | 'boolean' | 'date' | 'dateTime';

export interface SimpleType {
  readonly kind: 'simple';
  readonly name: string;
  readonly base: SimpleBase;
  readonly enumeration?: readonly string[];
  readonly fractionDigits?: number;
}

export interface ComplexType {
  readonly kind: 'complex';
  readonly sequence: readonly ElementDeclaration[];
}

export type SchemaType = SimpleType | ComplexType;

export interface ElementDeclaration {
  readonly name: string;
  readonly type: SchemaType;
  readonly min: number;
  /** `Infinity` for unbounded. */
  readonly max: number;
  readonly nillable: boolean;
}

export interface OperationContract {
  readonly name: string;
  readonly soapAction: string;
  readonly input: ElementDeclaration;
  readonly output: ElementDeclaration;
}

export interface Contract {
  readonly namespace: string;
  readonly operations: readonly OperationContract[];
  readonly fault: ElementDeclaration;
}

/** `null` is `xsi:nil`, `''` an empty element, absence no element: three different things in this system. */
export type FieldValue = string | null | Fields | readonly FieldValue[];
export interface Fields {
  readonly [name: string]: FieldValue | undefined;
}

export function isFields(value: FieldValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a field; `undefined` when it is absent or nil. */
export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

/** The text without the blanks that fixed-width columns add at the right; `undefined` when nothing is left. */
export function keyField(fields: Fields, name: string): string | undefined {
  const text = textField(fields, name)?.trimEnd();
  return text === '' ? undefined : text;
}

export function fieldsField(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

export function listField(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item: FieldValue): item is Fields => isFields(item)) : [];
}
