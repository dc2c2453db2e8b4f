/** A difference between two OpenAPI documents that a client may notice. */
export interface ApiChange {
  readonly breaking: boolean;
  readonly what: string;
}

interface Operation {
  readonly parameters?: { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses?: Record<string, unknown>;
  readonly requestBody?: unknown;
}

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
  readonly enum?: unknown[];
  readonly type?: unknown;
}

interface Document {
  readonly paths?: Record<string, Record<string, Operation>>;
  readonly components?: { readonly schemas?: Record<string, Schema> };
}

/**
 * What is gone or stricter breaks clients: an operation, an answer, a schema, a property, a value, a type; a parameter
 * or request property that is suddenly needed. What is new does not.
 */
export function describeChanges(before: object, after: object): ApiChange[] {
  const [old, now] = [before as Document, after as Document];
  const changes: ApiChange[] = [];
  compareKeys(old.paths ?? {}, now.paths ?? {}, 'path', changes, (path, oldItem, newItem) =>
    compareKeys(oldItem, newItem, `operation ${path}`, changes, (method, oldOperation, newOperation) =>
      compareOperations(`${method.toUpperCase()} ${path}`, oldOperation, newOperation, changes),
    ),
  );
  compareKeys(
    old.components?.schemas ?? {},
    now.components?.schemas ?? {},
    'schema',
    changes,
    (name, oldSchema, newSchema) => compareSchemas(name, oldSchema, newSchema, changes),
  );
  return changes;
}

function compareOperations(name: string, old: Operation, now: Operation, changes: ApiChange[]): void {
  const byName = (operation: Operation): Record<string, { required?: boolean }> =>
    Object.fromEntries(
      (operation.parameters ?? []).map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]),
    );
  compareKeys(byName(old), byName(now), `parameter of ${name}`, changes, (parameter, oldOne, newOne) => {
    if (oldOne.required !== true && newOne.required === true)
      changes.push({ breaking: true, what: `${name}: parameter ${parameter} is needed now` });
  });
  for (const [parameter, value] of Object.entries(byName(now))) {
    if (!(parameter in byName(old)) && value.required === true)
      changes.push({ breaking: true, what: `${name}: new parameter ${parameter} is needed` });
  }
  compareKeys(old.responses ?? {}, now.responses ?? {}, `answer of ${name}`, changes, () => undefined);
}

function compareSchemas(name: string, old: Schema, now: Schema, changes: ApiChange[]): void {
  if (JSON.stringify(old.type) !== JSON.stringify(now.type))
    changes.push({ breaking: true, what: `${name}: type changed` });
  for (const value of old.enum ?? []) {
    if (now.enum !== undefined && !now.enum.includes(value))
      changes.push({ breaking: true, what: `${name}: value ${String(value)} is gone` });
  }
  for (const property of now.required ?? []) {
    if (!(old.required ?? []).includes(property))
      changes.push({ breaking: old.properties?.[property] !== undefined, what: `${name}.${property} is required now` });
  }
  compareKeys(old.properties ?? {}, now.properties ?? {}, `property of ${name}`, changes, (property, oldOne, newOne) =>
    compareSchemas(`${name}.${property}`, oldOne, newOne, changes),
  );
}

function compareKeys<T>(
  old: Record<string, T>,
  now: Record<string, T>,
  kind: string,
  changes: ApiChange[],
  both: (key: string, old: T, now: T) => void,
): void {
  for (const [key, value] of Object.entries(old)) {
    const other = now[key];
    if (other === undefined) changes.push({ breaking: true, what: `${kind} ${key} is gone` });
    else both(key, value, other);
  }
  for (const key of Object.keys(now))
    if (!(key in old)) changes.push({ breaking: false, what: `${kind} ${key} is new` });
}
