const OUTSIDE = /^\/(operator|account)(\/|$)/;

/** Whether the page at this address is of no company. */
export function isOutsideCompanies(path: string): boolean {
  return OUTSIDE.test(path);
}
