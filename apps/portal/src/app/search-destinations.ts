import { text } from '../text';

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly hint?: string;
}

/** What an id is, by its prefix, and where such a thing is shown. */
const OF_IDS: Readonly<Record<string, (id: string) => string>> = {
  evt: (id) => `/events/${id}`,
  dlv: (id) => `/deliveries/${id}`,
  con: (id) => `/connections/${id}`,
  lnk: (id) => `/links/${id}`,
  rte: (id) => `/routes/${id}`,
  syn: (id) => `/syncs/${id}`,
  map: (id) => `/mappings/${id}`,
  rpl: (id) => `/replays/${id}`,
  alr: (id) => `/alerts/${id}`,
  ach: (id) => `/alerts/channels/${id}`,
  whe: (id) => `/webhooks/${id}`,
};
const ID = /^([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}$/;
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
  const prefix = ID.exec(wanted)?.[1];
  const byId = prefix === undefined ? undefined : OF_IDS[prefix]?.(wanted);
  const direct = byId === undefined ? [] : [{ href: byId, label: wanted }];
  const search = {
    href: `/events?q=${encodeURIComponent(wanted)}`,
    label: `${text.shell.pages.events}: “${wanted}”`,
  };
  return [...direct, search, ...byName];
}
