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

/** The page of what has the id; undefined for whatever has none. */
export function pageOf(id: string): string | undefined {
  const prefix = ID.exec(id)?.[1];
  return prefix === undefined ? undefined : OF_IDS[prefix]?.(id);
}
