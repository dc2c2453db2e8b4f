import { ID_PLACES, type IdPlace } from './id-places';

const ID = /^([a-z]{2,4})_[0-9a-hjkmnp-tv-z]{26}$/;

/** Where something with the id is shown, be it among others; undefined for what is no id or leads nowhere. */
export function placeOf(id: string): IdPlace | undefined {
  return ID_PLACES[ID.exec(id)?.[1] ?? ''];
}

/** The page of what has the id; undefined for whatever has none that everybody in a company may open. */
export function pageOf(id: string): string | undefined {
  const place = placeOf(id);
  const path = place?.page === '/operator' ? undefined : place?.path?.(id);
  return path?.endsWith(id) === true ? path : undefined;
}
