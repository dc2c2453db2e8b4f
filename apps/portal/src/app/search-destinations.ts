import { IN_AUDIT, PLACES_OF_WHOLE, type IdPlace } from '../lib/id-places';
import { idIn, partOf, placeOf } from '../lib/page-of';
import { stringifySearch } from '../lib/search-text';
import { text } from '../text';

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly hint?: string;
}

const MOST_PAGES = 8;

/** Where anything may stand. */
const SEARCHES: readonly IdPlace[] = [
  { page: '/events', search: (q) => ({ q }) },
  { page: '/links', search: (record_id) => ({ record_id }) },
  IN_AUDIT,
];

/** Where what somebody typed may lead, likeliest first. */
export function destinationsOf(
  typed: string,
  pages: readonly { readonly to: string; readonly label: string }[],
): Destination[] {
  const wanted = wantedBy(typed);
  const lower = wanted.toLowerCase();
  const named = pages.filter(({ label }) => label.toLowerCase().includes(lower)).slice(0, MOST_PAGES);
  const byName = named.map(({ to, label }) => ({ href: to, label }));
  if (wanted === '') return byName;
  const labelOf = ({ page }: IdPlace): string | undefined => pages.find(({ to }) => to === page)?.label;
  const direct = directTo(wanted, labelOf);
  const searches = SEARCHES.flatMap((search) => {
    const label = labelOf(search);
    return label === undefined ? [] : [{ href: hrefOf(search, wanted), label: text.shell.searchIn(label, wanted) }];
  });
  const isNew = ({ href }: Destination): boolean => direct.every((one) => one.href !== href);
  return [...direct, ...searches.filter(isNew), ...byName.filter(isNew)];
}

/** What kind of thing somebody typed the id of, and where it is, when that has no page and no id tells whose part it is. */
export function noteOf(typed: string): string | undefined {
  const part = partOf(wantedBy(typed));
  return part && text.shell.parts[part];
}

function wantedBy(typed: string): string {
  return idIn(typed) ?? typed.trim();
}

function directTo(wanted: string, labelOf: (place: IdPlace) => string | undefined): Destination[] {
  const place = placeOf(wanted);
  const part = partOf(wanted);
  const found: IdPlace | null = place ?? (part === undefined ? null : PLACES_OF_WHOLE[part]);
  const label = found === null ? undefined : labelOf(found);
  if (found === null || label === undefined) return [];
  const href = hrefOf(found, wanted);
  return [place === undefined ? { href, label } : { href, label: wanted, hint: label }];
}

function hrefOf({ page, path = () => page, search = () => ({}) }: IdPlace, wanted: string): string {
  return `${path(wanted)}${stringifySearch(search(wanted))}`;
}
