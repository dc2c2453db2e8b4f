import { type Link } from '@hub/api-client';

type LinkEnd = Link['ends'][number];

/** The system that a record lives in: a connection by its name, or whoever posts events, by the source. */
export function systemOf({ connection_id: id, source }: LinkEnd, nameOf: (id: string) => string): string {
  return id === null ? (source ?? '') : nameOf(id);
}

/** "Salesforce 0015g · QuickBooks 58" */
export function endsInWords({ ends }: Pick<Link, 'ends'>, nameOf: (id: string) => string): string {
  return ends.map((end) => `${systemOf(end, nameOf)} ${end.record_id}`).join(' · ');
}
