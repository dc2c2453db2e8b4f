import { text } from './field.builders';
import { type FieldDef, type FieldType, type ObjectDef } from './schema.types';

/** What an admin of the org does to one field in the set-up pages. A field that is not there is made. */
export interface FieldEdit {
  readonly object: string;
  readonly field: string;
  readonly remove?: boolean | undefined;
  readonly type?: FieldType | undefined;
  readonly length?: number | undefined;
  readonly required?: boolean | undefined;
  /** Of a picklist that takes nothing else. */
  readonly values?: readonly string[] | undefined;
}

const NEW_LENGTH = 255;

/** The object's fields after all edits, in the order in which they were made. */
export function editedFields(object: ObjectDef, edits: readonly FieldEdit[]): readonly FieldDef[] {
  return edits
    .filter((edit) => isSame(edit.object, object.name))
    .reduce<readonly FieldDef[]>((fields, edit) => applyEdit(fields, edit), object.fields);
}

function applyEdit(fields: readonly FieldDef[], edit: FieldEdit): readonly FieldDef[] {
  const known = fields.find(({ name }) => isSame(name, edit.field));
  if (edit.remove === true) return fields.filter((field) => field !== known);
  const now = changed(known ?? text(edit.field, NEW_LENGTH), edit);
  return known === undefined ? [...fields, now] : fields.map((field) => (field === known ? now : field));
}

function changed(field: FieldDef, { type, length, required, values }: FieldEdit): FieldDef {
  return {
    ...field,
    type: type ?? (values === undefined ? field.type : 'picklist'),
    length: length ?? field.length,
    nillable: required === undefined ? field.nillable : !required,
    ...(values === undefined
      ? {}
      : { restrictedPicklist: true, picklist: values.map((value) => ({ value, isDefault: false })) }),
  };
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}
