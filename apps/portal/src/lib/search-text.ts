import { parseSearchWith, stringifySearchWith } from '@tanstack/react-router';

/**
 * What an address says, as it stands there: read as JSON, as the router would, a number of twenty digits that somebody looks for
 * is another one.
 */
export const parseSearch = parseSearchWith((value) => value);
export const stringifySearch = stringifySearchWith(JSON.stringify);
