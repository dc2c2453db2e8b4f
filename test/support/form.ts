/**
 * The tests of this folder's neighbours have two forms: a short one, which runs with every change, and a long one,
 * `npm run faults`, which sets this.
 */
export const IS_LONG_FORM = process.env['HUB_FAULTS'] === 'long';

export function shortOrLong<T>(short: T, long: T): T {
  return IS_LONG_FORM ? long : short;
}
