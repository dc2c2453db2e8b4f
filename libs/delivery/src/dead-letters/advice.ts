import { CATEGORY_ADVICE, CODE_ADVICE, HOLD_ADVICE, UNKNOWN_ADVICE } from './advice-tables';
import { type FailureAdvice, type FailureFacts } from './advice.types';

/** `http_503` and its like say nothing that their category does not. */
const HTTP_STATUS = /^http_\d{3}$/;

/**
 * What to make of a failure: by the hub's own code, by what the connector knows of the vendor's code, else by category.
 * @param ofVendor what the connector's manifest says of the code.
 */
export function adviceFor(failure: FailureFacts, ofVendor?: FailureAdvice): FailureAdvice {
  const { category, code, reason } = failure;
  const known = (code === null ? undefined : (ofVendor ?? own(CODE_ADVICE, code))) ?? own(CATEGORY_ADVICE, category);
  const advice = known ?? UNKNOWN_ADVICE;
  if (reason !== 'deferred_too_long' || code === 'held_too_long') return advice;
  return { ...advice, explanation: `It had to wait for longer than the hub waits. ${advice.explanation}` };
}

/** What a delivery that is held waits for; null when nothing is known to be in its way. */
export function holdAdvice(reason: string | null): FailureAdvice | null {
  return own(HOLD_ADVICE, reason) ?? null;
}

export interface GroupFacts extends FailureFacts {
  readonly count: number;
  readonly firstAt: Date;
  /** As people call it: `QuickBooks`. */
  readonly system: string;
}

/**
 * One line for a group of dead letters: `412 failed since 10:04 UTC: QuickBooks 6240 duplicate name`.
 * @param now tells whether the time alone is enough, or the day has to be named too; both are in UTC.
 */
export function groupTitle(group: GroupFacts, advice: FailureAdvice, now: Date): string {
  const { count, firstAt } = group;
  const [day, time] = firstAt.toISOString().split('T') as [string, string];
  const since = `${day === now.toISOString().slice(0, 10) ? '' : `${day} `}${time.slice(0, 5)} UTC`;
  return `${count} failed since ${since}: ${groupCause(group, advice)}`;
}

/** What they failed of: `QuickBooks 6240 duplicate name`. */
export function groupCause({ code, system }: Pick<GroupFacts, 'code' | 'system'>, { title }: FailureAdvice): string {
  const shown =
    code === null || isOurs(code) ? [] : [HTTP_STATUS.test(code) ? code.replace('_', ' ').toUpperCase() : code];
  // Not `HTTP HTTP 404`.
  const where = shown[0]?.startsWith(`${system} `) === true ? [] : [system];
  return [...where, ...shown, title].join(' ');
}

/** A code of the hub's own is no more than its title in another form. */
function isOurs(code: string): boolean {
  return own(CODE_ADVICE, code) !== undefined || (!HTTP_STATUS.test(code) && /^[a-z][a-z_]*$/.test(code));
}

function own(table: Readonly<Record<string, FailureAdvice>>, key: string | null): FailureAdvice | undefined {
  return key !== null && Object.hasOwn(table, key) ? table[key] : undefined;
}
