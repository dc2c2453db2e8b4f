export type FieldType =
  | 'id'
  | 'string'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'email'
  | 'phone'
  | 'url'
  | 'textarea'
  | 'picklist'
  | 'reference'
  | 'address';

export interface PicklistOption {
  readonly value: string;
  readonly isDefault: boolean;
}

/** One field as the vendor describes it. Lengths count characters. */
export interface FieldDef {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly defaultedOnCreate: boolean;
  readonly defaultValue: string | boolean | null;
  readonly externalId: boolean;
  readonly idLookup: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly calculated: boolean;
  readonly autoNumber: boolean;
  readonly nameField: boolean;
  readonly restrictedPicklist: boolean;
  readonly picklist: readonly PicklistOption[];
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Deleting the parent deletes this child with it. */
  readonly cascadeDelete: boolean;
  readonly filterable: boolean;
  readonly sortable: boolean;
  readonly compoundFieldName: string | null;
  /** Parts of a read-only compound field, by the member name the vendor prints. */
  readonly components: readonly (readonly [member: string, field: string])[];
}

export interface ObjectDef {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  readonly custom: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly deletable: boolean;
  readonly fields: readonly FieldDef[];
  /** Members of the parents' describe: how children of this object are called there. */
  readonly childRelationshipName: Readonly<Record<string, string>>;
}
