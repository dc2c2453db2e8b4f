export const VERBS = ['upsert', 'create', 'update', 'deactivate'] as const;
export type Verb = (typeof VERBS)[number];

export type ErpWrite =
  | { readonly entity: 'Customer' | 'Invoice'; readonly verb: Verb }
  | { readonly entity: 'Payment'; readonly verb: 'create' };

/** Null for an operation that the ERP does not have. */
export function parseOperation(operation: string): ErpWrite | null {
  const [object, verb, more] = operation.split('.');
  if (more !== undefined) return null;
  if (object === 'payment') return verb === 'create' ? { entity: 'Payment', verb } : null;
  // The contract has one kind of document for what a customer owes.
  if (object === 'order') return verb === 'create' ? { entity: 'Invoice', verb } : null;
  const known = VERBS.find((candidate) => candidate === verb);
  if (known === undefined) return null;
  if (object === 'customer') return { entity: 'Customer', verb: known };
  return object === 'invoice' ? { entity: 'Invoice', verb: known } : null;
}
