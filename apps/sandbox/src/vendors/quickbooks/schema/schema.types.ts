export type EntityName =
  | 'Customer'
  | 'Vendor'
  | 'Employee'
  | 'Item'
  | 'Account'
  | 'Term'
  | 'PaymentMethod'
  | 'TaxCode'
  | 'Invoice'
  | 'CreditMemo'
  | 'Payment'
  | 'CompanyInfo'
  | 'Preferences';

export type ScalarKind = 'text' | 'number' | 'boolean' | 'date' | 'instant' | 'id';

/** What the vendor's static schema says about one field. There is no describe call: clients ship the same lists. */
export type FieldSpec =
  | {
      readonly kind: 'text';
      readonly max: number;
      /** Names: no colon, tab, line break or character outside the basic plane. */
      readonly plain?: boolean;
      readonly format?: 'email' | 'uri';
    }
  | { readonly kind: 'number'; readonly scale: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** `none`: a list this company does not use, so no id of it exists. `any`: checked by the entity's own rules. */
  | { readonly kind: 'reference'; readonly to: EntityName | 'none' | 'any' }
  | { readonly kind: 'object'; readonly fields: FieldMap }
  | { readonly kind: 'list'; readonly of: FieldMap }
  /** The vendor's own: accepted from clients that send back what they read, and ignored. */
  | { readonly kind: 'computed'; readonly as: ScalarKind | 'object' };

export type FieldMap = Readonly<Record<string, FieldSpec>>;

export type Operation = 'create' | 'update' | 'delete' | 'void' | 'send' | 'pdf';

export interface EntityType {
  readonly name: EntityName;
  /** Path segment: `creditmemo`. */
  readonly path: string;
  /** Entities of a family draw their ids from one sequence. */
  readonly family: string;
  readonly fields: FieldMap;
  /** Fields a query may filter and sort by, besides Id and MetaData. */
  readonly filters: readonly string[];
  readonly operations: ReadonlySet<Operation>;
  /** Cannot be deleted, only made inactive; queries then skip it unless told otherwise. */
  readonly isNameList: boolean;
  readonly inCdc: boolean;
}
