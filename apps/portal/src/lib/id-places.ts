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
  req: IN_AUDIT,
  usr: IN_AUDIT,
  ses: IN_AUDIT,
  opk: { page: '/operator', search: (q) => ({ tab: 'audit', q }) },
};

/** Ids that lead nowhere by themselves, and why. */
export const WITHOUT_PLACE: Readonly<Record<string, string>> = {
  att: 'An attempt is shown on the page of its delivery.',
  run: 'A run is shown on the page of its sync.',
  lke: 'An end is shown on the page of its link.',
  btt: 'A back-test is shown on the page of its mapping.',
  gld: 'A golden case is shown on the page of its mapping.',
  aln: 'A message is shown on the page of its channel.',
  hev: 'A notice is shown on the page of each endpoint that it went to.',
  flt: 'A saved filter is on the list that it filters, by its name.',
};
