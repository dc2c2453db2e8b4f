import { ID_PLACES, PLACES_OF_WHOLE, type IdPlace } from './id-places';

const ID = /^([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}$/;
/** As people hand them on: in capitals, in quotes, with a full stop, in an address of the portal. */
const ID_IN_TEXT = /(?<![a-z0-9])[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}(?![a-z0-9])/gi;

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

/** The first id of the hub's in some text, as the hub writes it; undefined where there is none. */
export function idIn(text: string): string | undefined {
  const ids = (text.match(ID_IN_TEXT) ?? []).map((id) => id.toLowerCase());
  return ids.find((id) => placeOf(id) !== undefined || partOf(id) !== undefined);
}

/** The page of what has the id; undefined for whatever has none that everybody in a company may open. */
export function pageOf(id: string): string | undefined {
  const place = placeOf(id);
  const path = place?.page === '/operator' ? undefined : place?.path?.(id);
  return path?.endsWith(id) === true ? path : undefined;
}
