/** As much of JSON Schema as connectors describe their settings with. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type FieldKind = 'text' | 'secret' | 'long' | 'choice' | 'number' | 'flag' | 'json';

export interface SchemaField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly title: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** The default, as text. */
  readonly placeholder?: string;
  readonly choices: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Text longer than this is entered in several lines. */
const LONG_TEXT = 4_001;

/** The fields of an object's schema, those that are needed first. */
export function fieldsOf(schema: JsonSchema): SchemaField[] {
  const properties = asObject(schema['properties']);
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const fields = Object.entries(properties).map(([name, property]) =>
    fieldOf(name, asObject(property), required.has(name)),
  );
  return [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)];
}

function fieldOf(name: string, property: JsonSchema, isRequired: boolean): SchemaField {
  const { title, description, minimum, maximum } = property;
  const choices = Array.isArray(property['enum']) ? property['enum'].map(String) : [];
  return {
    name,
    kind: kindOf(property, choices),
    title: typeof title === 'string' ? title : name.replaceAll('_', ' '),
    description: typeof description === 'string' ? description : undefined,
    isRequired,
    placeholder: textOf(property['default']),
    choices,
    minimum: typeof minimum === 'number' ? minimum : undefined,
    maximum: typeof maximum === 'number' ? maximum : undefined,
  };
}

function kindOf(property: JsonSchema, choices: readonly string[]): FieldKind {
  const { type, maxLength, pattern } = property;
  const isPem = typeof pattern === 'string' && pattern.includes('BEGIN');
  if (isPem) return 'long';
  if (property['writeOnly'] === true || property['format'] === 'password') return 'secret';
  if (choices.length > 0) return 'choice';
  if (type === 'boolean') return 'flag';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return typeof maxLength === 'number' && maxLength >= LONG_TEXT ? 'long' : 'text';
  return 'json';
}

/** What the API says about members of `prefix`, by name of the member. */
export function faultsBelow(
  faults: readonly { readonly pointer: string; readonly message: string }[],
  prefix: string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { pointer, message } of faults) {
    if (!pointer.startsWith(`${prefix}/`)) continue;
    const name = pointer.slice(prefix.length + 1).split('/')[0] ?? '';
    found[name.replaceAll('~1', '/').replaceAll('~0', '~')] ??= message;
  }
  return found;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : value === undefined ? undefined : JSON.stringify(value);
}

function asObject(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}
