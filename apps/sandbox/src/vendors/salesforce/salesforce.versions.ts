import { reject, rejectNotFound } from './salesforce.errors';

const OLDEST = 31;
const NEWEST = 68;
const SEASONS = ['Winter', 'Spring', 'Summer'];

/** Three releases a year since Winter '11 (20.0). */
function labelOf(version: number): string {
  const releases = version - 20;
  return `${SEASONS[releases % 3] ?? ''} '${11 + Math.floor(releases / 3)}`;
}

export const VERSION_LIST: readonly object[] = Array.from({ length: NEWEST - OLDEST + 1 }, (_unused, index) => {
  const version = OLDEST + index;
  return { label: labelOf(version), url: `/services/data/v${version}.0`, version: `${version}.0` };
});

/**
 * `v62.0` → `62.0`.
 * @throws Rejection 410 for a retired version, 404 for one that never was or is not yet
 */
export function readVersion(segment: string): string {
  const version = Number(/^v(\d{1,3})\.0$/.exec(segment)?.[1]);
  if (Number.isNaN(version) || version > NEWEST || version < 20) return rejectNotFound();
  if (version < OLDEST)
    reject(410, 'UNSUPPORTED_API_VERSION', `The API version ${version}.0 is retired; use a newer one`);
  return `${version}.0`;
}
