import { type NewGoldenCase } from './golden/golden-case.types';

/** Lookup tables of a mapping: `$lookupTable("carriers", code)` finds `tables.carriers[code]`. */
export type LookupTables = { readonly [table: string]: LookupTable };
export type LookupTable = { readonly [key: string]: string | number | boolean | null };

export interface MappingRow {
  id: string;
  name: string;
  description: string;
  published_version: number;
  latest_version: number;
  /** The template that it was copied from, if any, and as of which version. */
  template_id: string | null;
  template_version: number | null;
  created_at: Date;
  updated_at: Date;
}

/** Immutable: a change is another version. */
export interface MappingVersionRow {
  version: number;
  expression: string;
  tables: LookupTables;
  note: string;
  created_at: Date;
}

/** What lists show of a version: tables can be large. */
export type MappingVersionSummaryRow = Omit<MappingVersionRow, 'tables'>;

export interface MappingContent {
  readonly expression: string;
  readonly tables: LookupTables;
  /** Why this version was made. */
  readonly note: string;
}

export interface NewMapping extends MappingContent {
  readonly name: string;
  readonly description: string;
  readonly template?: { readonly id: string; readonly version: number };
  /** Those that the template comes with. */
  readonly goldenCases?: readonly NewGoldenCase[];
}

export interface MappingChange {
  readonly name?: string;
  readonly description?: string;
}
