export const VERBS = ['upsert', 'create', 'update', 'deactivate'] as const;
export type Verb = (typeof VERBS)[number];

/** Names that mappings for several vendors share. Any other object goes by its API name. */
export const OBJECT_ALIASES: Readonly<Record<string, string>> = {
  account: 'Account',
  contact: 'Contact',
  opportunity: 'Opportunity',
  product: 'Product2',
  customer: 'Account',
};

export interface SalesforceOperation {
  /** API name of the sObject. */
  readonly object: string;
  readonly verb: Verb;
}

const OPERATION = /^([A-Za-z][A-Za-z0-9_]{0,79})\.(upsert|create|update|deactivate)$/;

/** `Invoice__c.upsert`, `account.update`; null for anything else. The object's existence is only known to the org. */
export function parseOperation(operation: string): SalesforceOperation | null {
  const [, name, verb] = OPERATION.exec(operation) ?? [];
  if (name === undefined) return null;
  const object = Object.hasOwn(OBJECT_ALIASES, name) ? OBJECT_ALIASES[name]! : name;
  return { object, verb: verb as Verb };
}
