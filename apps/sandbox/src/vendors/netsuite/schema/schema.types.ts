export type FieldType =
  | 'string'
  | 'email'
  | 'phone'
  | 'url'
  | 'integer'
  | 'number'
  | 'currency'
  | 'boolean'
  | 'date'
  | 'dateTime'
  | 'reference'
  | 'enum'
  | 'multiselect'
  | 'subrecord'
  | 'sublist';

export interface EnumOption {
  readonly id: string;
  readonly refName: string;
}

export interface FieldDef {
  readonly name: string;
  readonly title: string;
  readonly type: FieldType;
  /** Longest text in characters. */
  readonly maxLength?: number;
  /** Record types a reference may point at. */
  readonly targets?: readonly string[];
  readonly options?: readonly EnumOption[];
  /** Fields of a subrecord, or of a sublist's lines. */
  readonly fields?: readonly FieldDef[];
  /** Fields that tell a sublist's lines apart when a change is merged into them. */
  readonly lineKey?: readonly string[];
  readonly readOnly?: boolean;
  /** Must be there in the finished record. */
  readonly required?: boolean;
  readonly custom?: boolean;
  readonly defaultValue?: string | number | boolean;
}

/** Records of one space share their numbering and, with it, what an id or an external id may mean. */
export type Space = 'entity' | 'transaction' | 'item' | 'list';

export interface RecordTypeDef {
  /** As in the vendor's documentation, camel case; addresses show it in lower case. */
  readonly name: string;
  readonly title: string;
  readonly plural: string;
  readonly space: Space;
  readonly fields: readonly FieldDef[];
  /** Set-up lists: the hub's role may look at them, not change them. */
  readonly viewOnly?: boolean;
  /** Records point at it, but the REST API has no such record type. */
  readonly isInternal?: boolean;
  /** Field whose value is the record's `refName` wherever it is referred to. */
  readonly nameField: string;
  /** SuiteQL's `transaction.type` or `item.itemtype`. */
  readonly suiteType?: string;
}
