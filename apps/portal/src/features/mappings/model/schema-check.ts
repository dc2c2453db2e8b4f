/** As much of JSON Schema as the hub's model and descriptions of vendors' fields use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maxItems?: number;
  readonly description?: string;
}

/** What is wrong, and where: a JSON pointer into the output. The words are chosen by whoever shows it. */
export interface SchemaFault {
  readonly pointer: string;
  readonly code:
    'type' | 'required' | 'unknown' | 'enum' | 'pattern' | 'too_long' | 'too_short' | 'too_small' | 'too_many';
  /** What there should be, as far as the schema says it. */
  readonly expected: string;
}

const MOST = 50;

/** A page's content policy allows no schema compiler, which makes code; the hub itself checks with one before it writes. */
export function schemaFaults(schema: Schema, value: unknown): SchemaFault[] {
  const faults: SchemaFault[] = [];
  check(schema, value, '', faults);
  return faults.slice(0, MOST);
}

function check(schema: Schema, value: unknown, pointer: string, faults: SchemaFault[]): void {
  if (faults.length >= MOST) return;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    faults.push({ pointer, code: 'type', expected: types.join(', ') });
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    faults.push({ pointer, code: 'enum', expected: schema.enum.join(', ') });
  if (typeof value === 'string') checkText(schema, value, pointer, faults);
  if (typeof value === 'number' && schema.minimum !== undefined && value < schema.minimum)
    faults.push({ pointer, code: 'too_small', expected: String(schema.minimum) });
  if (Array.isArray(value)) checkList(schema, value, pointer, faults);
  else if (typeof value === 'object' && value !== null)
    checkMembers(schema, value as Readonly<Record<string, unknown>>, pointer, faults);
}

function checkText(schema: Schema, value: string, pointer: string, faults: SchemaFault[]): void {
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  const length = [...value].length;
  if (length > maxLength) faults.push({ pointer, code: 'too_long', expected: String(maxLength) });
  if (length < minLength) faults.push({ pointer, code: 'too_short', expected: String(minLength) });
  const fits = pattern === undefined || new RegExp(pattern, 'u').test(value);
  const isWellFormed = format === undefined || (FORMATS[format]?.(value) ?? true);
  if (!fits || !isWellFormed) faults.push({ pointer, code: 'pattern', expected: format ?? pattern ?? '' });
}

const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  date: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value),
  'date-time': (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
};

/** `Date.parse` takes 30 February for a day of March. */
function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function checkList(schema: Schema, value: readonly unknown[], pointer: string, faults: SchemaFault[]): void {
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    faults.push({ pointer, code: 'too_many', expected: String(schema.maxItems) });
  const { items } = schema;
  if (items !== undefined) value.forEach((item, index) => check(items, item, `${pointer}/${index}`, faults));
}

function checkMembers(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  faults: SchemaFault[],
): void {
  for (const name of schema.required ?? [])
    if (value[name] === undefined)
      faults.push({ pointer: `${pointer}/${escaped(name)}`, code: 'required', expected: '' });
  for (const [name, member] of Object.entries(value)) {
    const property = schema.properties?.[name];
    const at = `${pointer}/${escaped(name)}`;
    if (property !== undefined) check(property, member, at, faults);
    else if (schema.additionalProperties === false) faults.push({ pointer: at, code: 'unknown', expected: '' });
  }
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
