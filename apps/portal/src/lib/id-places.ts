/** Where something is shown that has an id. */
export interface IdPlace {
  /** Whoever is not shown the way to this page is not led to the place either. */
  readonly page: string;
  /** Else it is the page. */
  readonly path?: (id: string) => string;
  readonly search?: (id: string) => Readonly<Record<string, string>>;
}

const own = (page: string, path = page): IdPlace => ({ page, path: (id) => `${path}/${id}` });

export const IN_AUDIT: IdPlace = { page: '/audit', search: (q) => ({ q }) };
const IN_ARCHIVE: IdPlace = { page: '/settings', search: () => ({ tab: 'archive' }) };

/** By the prefix of the id: on a page of its own, among others of its kind, or by what was done with it. */
export const ID_PLACES: Readonly<Record<string, IdPlace>> = {
  evt: own('/events'),
  dlv: own('/deliveries'),
  con: own('/connections'),
  lnk: own('/links'),
  rte: own('/routes'),
  syn: own('/syncs'),
  map: own('/mappings'),
  rpl: own('/replays'),
  alr: own('/alerts'),
  ach: own('/alerts', '/alerts/channels'),
  whe: own('/webhooks'),
  ten: own('/operator', '/operator/tenants'),
  key: { page: '/api-keys' },
  mem: { page: '/members' },
  inv: { page: '/members' },
  axp: { page: '/audit', path: () => '/audit/exports' },
  aob: IN_ARCHIVE,
  rst: IN_ARCHIVE,
  aud: IN_AUDIT,
  // What somebody sends under it is an event; what else was done under it is in the audit log, which a search leads to as well.
  req: { page: '/events', search: (q) => ({ q }) },
  usr: IN_AUDIT,
  ses: IN_AUDIT,
  opk: { page: '/operator', search: (q) => ({ tab: 'audit', q }) },
};

/** Ids of what is only a part of something, which no id of it tells: where the wholes are listed. */
export const PLACES_OF_WHOLE = {
  att: { page: '/deliveries' },
  run: { page: '/syncs' },
  lke: { page: '/links' },
  btt: { page: '/mappings' },
  gld: { page: '/mappings' },
  aln: { page: '/alerts', path: () => '/alerts/settings', search: () => ({ tab: 'channels' }) },
  hev: { page: '/webhooks' },
  // On one of several lists.
  flt: null,
} as const satisfies Readonly<Record<string, IdPlace | null>>;
