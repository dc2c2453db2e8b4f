import { withCurrency } from './currencies';
import { editedFields, type FieldEdit } from './field-edits';
import { OBJECTS } from './objects';
import { type FieldDef, type ObjectDef } from './schema.types';

export interface SchemaSettings {
  /** `Object.Field` names that the API user may not see: the vendor hides them everywhere, without a word. */
  readonly hiddenFields: readonly string[];
  /** When false, external ids may repeat, as they may unless an admin ticked "unique". */
  readonly uniqueExternalIds: boolean;
  readonly multiCurrency: boolean;
  /** What the org's admin has changed since it was made. */
  readonly fieldEdits: readonly FieldEdit[];
}

/** Names are case-insensitive, as in the API; `byName` holds them in lower case. */
export interface SchemaObject extends ObjectDef {
  readonly byName: ReadonlyMap<string, FieldDef>;
  readonly byRelationship: ReadonlyMap<string, FieldDef>;
}

/** What one org's API user sees: the objects, less what field-level security hides. */
export class OrgSchema {
  readonly objects: readonly SchemaObject[];
  private readonly byName: ReadonlyMap<string, SchemaObject>;
  private readonly byKeyPrefix: ReadonlyMap<string, SchemaObject>;

  constructor(settings: SchemaSettings) {
    const hidden = new Set(settings.hiddenFields.map((name) => name.toLowerCase()));
    const definitions = settings.multiCurrency ? OBJECTS.map(withCurrency) : OBJECTS;
    this.objects = definitions.map((definition) => withLookups(definition, hidden, settings));
    this.byName = new Map(this.objects.map((object) => [object.name.toLowerCase(), object]));
    this.byKeyPrefix = new Map(this.objects.map((object) => [object.keyPrefix, object]));
  }

  object(name: string): SchemaObject | undefined {
    return this.byName.get(name.toLowerCase());
  }

  objectOfId(id: string): SchemaObject | undefined {
    return this.byKeyPrefix.get(id.slice(0, 3));
  }

  /** Fields of other objects that point at this one. */
  childrenOf(parent: string): { object: SchemaObject; field: FieldDef }[] {
    return this.objects.flatMap((object) =>
      object.fields.filter(({ referenceTo }) => referenceTo.includes(parent)).map((field) => ({ object, field })),
    );
  }
}

function withLookups(
  definition: ObjectDef,
  hidden: ReadonlySet<string>,
  { uniqueExternalIds, fieldEdits }: SchemaSettings,
): SchemaObject {
  const fields = editedFields(definition, fieldEdits)
    .filter(({ name }) => !hidden.has(`${definition.name}.${name}`.toLowerCase()))
    .map((field) => (field.externalId && !uniqueExternalIds ? { ...field, unique: false } : field));
  return {
    ...definition,
    fields,
    byName: new Map(fields.map((field) => [field.name.toLowerCase(), field])),
    byRelationship: new Map(
      fields.flatMap((field) => (field.relationshipName ? [[field.relationshipName.toLowerCase(), field]] : [])),
    ),
  };
}
