import { ID_PLACES, PLACES_OF_WHOLE, type IdPlace } from './id-places';

const ID = /^([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}$/;

const prefixOf = (id: string): string => ID.exec(id)?.[1] ?? '';

/** Where something with the id is shown, be it among others; undefined for what is no id or only a part of something. */
export function placeOf(id: string): IdPlace | undefined {
  return ID_PLACES[prefixOf(id)];
}

type Part = keyof typeof PLACES_OF_WHOLE;

/** What kind of part of something has the id; undefined for all else. */
export function partOf(id: string): Part | undefined {
  const prefix = prefixOf(id);
  return Object.hasOwn(PLACES_OF_WHOLE, prefix) ? (prefix as Part) : undefined;
}

/** The page of what has the id; undefined for whatever has none that everybody in a company may open. */
export function pageOf(id: string): string | undefined {
  const place = placeOf(id);
  const path = place?.page === '/operator' ? undefined : place?.path?.(id);
  return path?.endsWith(id) === true ? path : undefined;
}
