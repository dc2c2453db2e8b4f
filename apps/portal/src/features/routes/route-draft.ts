import { type CreateRouteRequest, type Route } from '@hub/api-client';

/** A route as it is being written. */
export interface RouteDraft {
  readonly name: string;
  readonly event_type: string;
  readonly filter: string;
  readonly connection_id: string | null;
  readonly operation: string;
  readonly mapping_id: string | null;
  readonly ordering: Route['ordering'];
  /** As it is typed: seconds, with commas between them. */
  readonly delays: string;
  readonly enabled: boolean;
}

export const NEW_ROUTE: RouteDraft = {
  name: '',
  event_type: '',
  filter: '',
  connection_id: null,
  operation: '',
  mapping_id: null,
  ordering: { key: 'subject', mode: 'strict' },
  delays: '',
  enabled: true,
};

export function draftOf({ filter, retry, ...route }: Route): RouteDraft {
  const { name, event_type, connection_id, operation, mapping_id, ordering, enabled } = route;
  const delays = retry?.delays_seconds.join(', ') ?? '';
  return { name, event_type, filter: filter ?? '', connection_id, operation, mapping_id, ordering, delays, enabled };
}

/** What is not a number goes along as it is, so that the API says what is wrong with it. */
export function requestOf({ delays, filter, connection_id, ...draft }: RouteDraft): CreateRouteRequest {
  const parts = delays.split(/[\s,;]+/).filter((part) => part !== '');
  return {
    ...draft,
    name: draft.name.trim(),
    event_type: draft.event_type.trim(),
    operation: draft.operation.trim(),
    connection_id: connection_id ?? '',
    filter: filter.trim() === '' ? null : filter.trim(),
    retry: parts.length === 0 ? null : { delays_seconds: parts.map(Number) },
  };
}
