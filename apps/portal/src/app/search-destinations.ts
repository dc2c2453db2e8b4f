import { pageOf } from '../lib/page-of';
import { text } from '../text';

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly hint?: string;
}

const MOST_PAGES = 8;

/** Where what somebody typed may lead, likeliest first. */
export function destinationsOf(
  typed: string,
  pages: readonly { readonly to: string; readonly label: string }[],
): Destination[] {
  const wanted = typed.trim();
  const lower = wanted.toLowerCase();
  const named = pages.filter(({ label }) => label.toLowerCase().includes(lower)).slice(0, MOST_PAGES);
  const byName = named.map(({ to, label }) => ({ href: to, label }));
  if (wanted === '') return byName;
  const byId = pageOf(wanted);
  const direct = byId === undefined ? [] : [{ href: byId, label: wanted }];
  const search = {
    href: `/events?q=${encodeURIComponent(wanted)}`,
    label: `${text.shell.pages.events}: “${wanted}”`,
  };
  return [...direct, search, ...byName];
}
