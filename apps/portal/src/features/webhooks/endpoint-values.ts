import { type UpdateWebhookEndpointRequest, type WebhookEndpoint } from '@hub/api-client';

/** What is entered about an endpoint. */
export interface EndpointValues {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly connectionIds: readonly string[];
  /** One header on each line; never what is set already, which nobody is shown. */
  readonly headers: string;
  readonly dropHeaders: boolean;
  readonly enabled: boolean;
}

export const NEW_ENDPOINT: EndpointValues = {
  url: '',
  description: '',
  eventTypes: ['*'],
  connectionIds: [],
  headers: '',
  dropHeaders: false,
  enabled: true,
};

export const valuesOf = (endpoint: WebhookEndpoint): EndpointValues => ({
  url: endpoint.url,
  description: endpoint.description,
  eventTypes: endpoint.event_types,
  connectionIds: endpoint.connection_ids ?? [],
  headers: '',
  dropHeaders: false,
  enabled: endpoint.enabled,
});

/** The first line that is no header, or null. */
export function badHeaderOf(headers: string): string | null {
  return linesOf(headers).find((line) => !HEADER.test(line)) ?? null;
}

/** `enabled` is left out where it is as it was: sending it would take up an endpoint that the hub has switched off. */
export function bodyOf(value: EndpointValues, wasEnabled?: boolean) {
  const headers = value.dropHeaders ? {} : headersOf(value.headers);
  return {
    url: value.url.trim(),
    description: value.description.trim(),
    event_types: [...value.eventTypes],
    connection_ids: value.connectionIds.length === 0 ? null : [...value.connectionIds],
    ...(headers === null ? {} : { headers }),
    ...(value.enabled === wasEnabled ? {} : { enabled: value.enabled }),
  } satisfies UpdateWebhookEndpointRequest;
}

const HEADER = /^[^\s:]+\s*:/;

function headersOf(entered: string): Record<string, string> | null {
  const lines = linesOf(entered);
  if (lines.length === 0) return null;
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

const linesOf = (entered: string): string[] =>
  entered
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

export interface TypeChoice {
  readonly value: string;
  readonly label: string;
}

/** Everything, each family as a whole, and each type, families together. */
export function typeChoices(
  types: readonly { readonly type: string }[],
  names: { readonly all: string; readonly family: (family: string) => string },
): { readonly group: string; readonly items: TypeChoice[] }[] {
  const families = new Map<string, string[]>();
  for (const { type } of types) {
    const family = type.split('.')[0] ?? type;
    families.set(family, [...(families.get(family) ?? []), type]);
  }
  const groups = [...families].map(([family, members]) => ({
    group: family,
    items: [
      { value: `${family}.*`, label: names.family(family) },
      ...members.map((type) => ({ value: type, label: type })),
    ],
  }));
  return [{ group: names.all, items: [{ value: '*', label: names.all }] }, ...groups];
}
