let aheadMs = 0;

/** @param answer of the hub, which says when it was given, to the second */
export function setHubClock(answer: Response): void {
  const at = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(at)) aheadMs = at - Date.now();
}

/** The time by the hub's clock, for what the hub compares with it: a computer may be wrong by hours. */
export function hubNow(): number {
  return Date.now() + aheadMs;
}

/**
 * Whether a time that the hub tells has come by its clock. That is known to the second alone and the times are told to the
 * millisecond: what the hub did just before it answered would else lie ahead of the answer.
 */
export function hasCome(at: string): boolean {
  return Math.floor(Date.parse(at) / 1_000) * 1_000 <= hubNow();
}
