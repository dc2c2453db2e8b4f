/** One entry of the vendor's error array. `fields` is left out where the vendor leaves it out. */
export interface SfErrorItem {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
  /** What a duplicate rule found. */
  readonly duplicateResut?: object;
}

/**
 * The vendor says no. Thrown inside the simulator only, where refusing is the vendor's own control flow: it unwinds
 * to the request, sub-request or collection item that is being refused, which turns it into the vendor's answer.
 */
export class Rejection extends Error {
  constructor(
    readonly status: number,
    readonly items: readonly SfErrorItem[],
  ) {
    super(items.map(({ errorCode }) => errorCode).join(', '));
  }
}

export function reject(status: number, errorCode: string, message: string, fields?: readonly string[]): never {
  throw new Rejection(status, [{ message, errorCode, ...(fields ? { fields } : {}) }]);
}

export function rejectNotFound(message = 'The requested resource does not exist'): never {
  reject(404, 'NOT_FOUND', message);
}
