import { ENTITIES } from './entities';
import { date, decimal, flag, integer, text } from './field.builders';
import { ITEMS, LISTS } from './items-and-lists';
import { type FieldDef, type RecordTypeDef } from './schema.types';
import { TRANSACTIONS } from './transactions';

export interface CustomField {
  readonly recordType: string;
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly title?: string;
}

export interface SchemaSettings {
  readonly customFields: readonly CustomField[];
  /** `customer.creditLimit`: removed from the account altogether. */
  readonly hiddenFields: readonly string[];
  /** `customer.custentity_region`: mandatory by the account's own form. */
  readonly requiredFields: readonly string[];
  /** `customer.url`: not on the form the caller's role uses, so what is written to it is silently lost. */
  readonly offFormFields: readonly string[];
}

export interface RecordType extends RecordTypeDef {
  readonly byName: ReadonlyMap<string, FieldDef>;
  readonly offForm: ReadonlySet<string>;
}

/** The record types of one account, with its customizations. */
export class AccountSchema {
  readonly types: readonly RecordType[];
  private readonly byName: ReadonlyMap<string, RecordType>;

  constructor(settings: SchemaSettings) {
    this.types = [...ENTITIES, ...TRANSACTIONS, ...ITEMS, ...LISTS].map((type) => customize(type, settings));
    this.byName = new Map(this.types.map((type) => [type.name.toLowerCase(), type]));
  }

  /** A record type of the REST API. Names in addresses are case-insensitive. */
  type(name: string): RecordType | undefined {
    const type = this.byName.get(name.toLowerCase());
    return type?.isInternal ? undefined : type;
  }

  required(name: string): RecordType {
    const type = this.byName.get(name.toLowerCase());
    if (!type) throw new Error(`the schema has no ${name}`);
    return type;
  }
}

function customize(type: RecordTypeDef, settings: SchemaSettings): RecordType {
  const own = (paths: readonly string[]): Set<string> =>
    new Set(paths.filter((path) => path.startsWith(`${type.name}.`)).map((path) => path.slice(type.name.length + 1)));
  const [hidden, required] = [own(settings.hiddenFields), own(settings.requiredFields)];
  const added = settings.customFields.filter(({ recordType }) => recordType === type.name).map(build);
  const fields = [...type.fields, ...added]
    .filter(({ name }) => !hidden.has(name))
    .map((field) => (required.has(field.name) ? { ...field, required: true } : field));
  return {
    ...type,
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    offForm: own(settings.offFormFields),
  };
}

function build({ name, type, title }: CustomField): FieldDef {
  const extra = { custom: true };
  switch (type) {
    case 'string':
      return text(name, 300, extra, title);
    case 'integer':
      return withTitle(integer(name, extra), title);
    case 'number':
      return withTitle(decimal(name, extra), title);
    case 'boolean':
      return { ...flag(name, false, title), custom: true };
    case 'date':
      return withTitle(date(name, extra), title);
  }
}

function withTitle(field: FieldDef, title: string | undefined): FieldDef {
  return title === undefined ? field : { ...field, title };
}
