import { type Alert } from '@hub/api-client';
import { alerts as wording } from '../../text/alerts.text';
import { SCHEMA_CHANGES } from '../connections/schema-change';

export interface AlertLink {
  readonly to: string;
  readonly label: string;
}

const { links } = wording;

/** Where to go with an alert, most useful first: what its advice speaks of. */
export function linksOf({ rule, connection }: Pick<Alert, 'rule' | 'connection'>): AlertLink[] {
  const about = connection === null ? '' : `connection_id=${connection.id}`;
  const page = connection === null ? '' : `/connections/${connection.id}`;
  const own = page === '' ? [] : [{ to: page, label: links.connection }];
  const first = LINKS[rule]?.(about, page) ?? [];
  return [...first, ...own];
}

const filtered = (path: string, ...filters: string[]): string => {
  const query = filters.filter((filter) => filter !== '').join('&');
  return query === '' ? path : `${path}?${query}`;
};

const LINKS: Readonly<Record<string, (about: string, page: string) => AlertLink[]>> = {
  dead_letters: (about) => [{ to: filtered('/dead-letters', about), label: links.deadLetters }],
  queue_age: (about) => [{ to: filtered('/deliveries', 'status=pending', about), label: links.waiting }],
  error_rate: (about) => [{ to: filtered('/deliveries', 'status=retrying', about), label: links.retrying }],
  anomaly: () => [
    { to: '/usage', label: links.usage },
    { to: '/events', label: links.events },
  ],
  rate_limit_use: () => [{ to: '/usage', label: links.usage }],
  expiring: (about) => (about === '' ? [{ to: '/api-keys', label: links.keys }] : []),
  schema_drift: (_about, page) =>
    page === '' ? [] : [{ to: `${page}#${SCHEMA_CHANGES}`, label: links.schemaChanges }],
  webhook_disabled: () => [{ to: '/webhooks', label: links.webhooks }],
  books_unbalanced: () => [{ to: '/usage?tab=balance', label: links.balance }],
};
