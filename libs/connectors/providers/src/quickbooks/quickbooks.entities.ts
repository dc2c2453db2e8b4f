/** The entities that are written and pulled, by the names that mappings for several vendors share. */
export const ENTITIES = {
  customer: 'Customer',
  vendor: 'Vendor',
  product: 'Item',
  invoice: 'Invoice',
  payment: 'Payment',
} as const;

export type Alias = keyof typeof ENTITIES;
export type Entity = (typeof ENTITIES)[Alias];

export const VERBS = ['upsert', 'create', 'update', 'deactivate'] as const;
export type Verb = (typeof VERBS)[number];

export interface QuickBooksOperation {
  readonly entity: Entity;
  readonly verb: Verb;
}

const OPERATION = /^([a-z]+)\.(upsert|create|update|deactivate)$/;

/** `customer.upsert`, `invoice.create`; null for anything else. */
export function parseOperation(operation: string): QuickBooksOperation | null {
  const [, alias, verb] = OPERATION.exec(operation) ?? [];
  if (alias === undefined || !Object.hasOwn(ENTITIES, alias)) return null;
  return { entity: ENTITIES[alias as Alias], verb: verb as Verb };
}

/** Names in lists: they can be set inactive, never deleted. Transactions can be voided. */
export function isNameList(entity: Entity): boolean {
  return entity === 'Customer' || entity === 'Vendor' || entity === 'Item';
}

export function isEntity(name: string): name is Entity {
  return Object.values(ENTITIES).some((entity) => entity === name);
}
