import { type Connector, type MappingTemplateSummary, type Route, type Sync, type VendorObject } from '@hub/api-client';

/** What a mapping may be made for: a vendor's object that a route writes to, or a type of the hub's model. */
export type TargetChoice =
  | { readonly kind: 'object'; readonly connectionId: string; readonly operation: string }
  | { readonly kind: 'canonical'; readonly type: string };

export function keyOf(choice: TargetChoice): string {
  return choice.kind === 'canonical' ? `canonical:${choice.type}` : `${choice.connectionId}:${choice.operation}`;
}

export function choiceOf(key: string): TargetChoice | null {
  const colon = key.indexOf(':');
  const [first, second] = [key.slice(0, colon), key.slice(colon + 1)];
  if (colon < 1 || second === '') return null;
  if (first === 'canonical') return { kind: 'canonical', type: second };
  return first.startsWith('con_') ? { kind: 'object', connectionId: first, operation: second } : null;
}

/** What its routes and syncs use it for, likeliest first; without any, what its template says. */
export function usualChoices(
  uses: { readonly routes: readonly Route[]; readonly syncs: readonly Sync[] },
  template: MappingTemplateSummary | undefined,
): TargetChoice[] {
  const routes = uses.routes.map(({ connection_id: connectionId, operation }): TargetChoice => ({
    kind: 'object',
    connectionId,
    operation,
  }));
  const isInbound = template?.direction === 'inbound';
  const type: TargetChoice[] = isInbound ? [{ kind: 'canonical', type: template.canonical_type }] : [];
  const choices = uses.routes.length === 0 ? type : routes;
  return [...new Map(choices.map((choice) => [keyOf(choice), choice])).values()];
}

/**
 * The object that an operation writes. Connectors name their operations by the hub's model (`customer.upsert`) or by the
 * vendor's own name of the object (`Invoice__c.upsert`).
 */
export function objectOf(
  operation: string,
  connector: Pick<Connector, 'pull'>,
  objects: readonly VendorObject[],
): VendorObject | undefined {
  const name = operation.split('.')[0]?.toLowerCase() ?? '';
  const pulled = connector.pull.find(({ canonical_type: type }) => type === name)?.name.toLowerCase();
  return (
    objects.find((object) => object.name.toLowerCase() === pulled) ??
    objects.find((object) => object.name.toLowerCase() === name) ??
    objects.find((object) => object.label.toLowerCase() === name)
  );
}
