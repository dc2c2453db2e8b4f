import { isLosslessNumber } from 'lossless-json';
import { LRUCache } from 'lru-cache';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { type Entity } from './quickbooks.entities';
import { queryEntities } from './quickbooks.lookup';
import { isMembers, type Members } from './quickbooks.record';

/** An administrator who adds terms waits no longer than this. */
const FRESH_MS = 10 * 60 * 1000;
/** Member that holds the terms of each entity. */
const TERMS_OF: Readonly<Partial<Record<Entity, string>>> = {
  Customer: 'SalesTermRef',
  Invoice: 'SalesTermRef',
  Vendor: 'TermRef',
};

type IdsByDays = ReadonlyMap<string, string>;

/** Mappings know terms by their days, `{"DueDays": 30}`, QuickBooks by the id that they have in each company. */
export class TermsLists {
  private readonly lists = new LRUCache<string, IdsByDays>({ max: 2_000, ttl: FRESH_MS });

  /** Whether `members` names terms that have yet to be found. */
  static areOpen(entity: Entity, members: Members): boolean {
    return daysOf(members[TERMS_OF[entity] ?? '']) !== null;
  }

  /** The company's own terms by their days; asked for once in ten minutes. */
  async of(client: QuickBooksClient): Promise<Result<IdsByDays, ConnectorError>> {
    const key = `${client.settings.companyUrl}${client.settings.credentials.realm_id}`;
    const known = this.lists.get(key);
    if (known !== undefined) return ok(known);
    const found = await queryEntities(client, 'Term', 'SELECT * FROM Term MAXRESULTS 1000');
    if (!found.ok) return found;
    const ids = byDays(found.value);
    this.lists.set(key, ids);
    return ok(ids);
  }
}

/**
 * Puts the id in the place of the days.
 * @returns the refusal of terms that the company does not have. An invoice with a due date goes without: the date says all
 *   that was agreed.
 */
export function withTerms(entity: Entity, members: Members, ids: IdsByDays): Result<Members, ConnectorError> {
  const name = TERMS_OF[entity] ?? '';
  const days = daysOf(members[name]);
  if (days === null) return ok(members);
  const value = ids.get(days);
  if (value !== undefined) return ok({ ...members, [name]: { value } });
  const { [name]: _unknown, ...rest } = members;
  if (typeof members['DueDate'] === 'string') return ok(rest);
  return err({
    category: 'validation',
    code: 'unknown_terms',
    message: `The company has no terms of ${days} days`,
    fields: [name],
  });
}

/** Of several with the same days those without a discount, and of these the oldest. */
function byDays(terms: readonly Body[]): IdsByDays {
  const usable = terms.filter(({ DueDays: days, Active: active }) => numberText(days) !== null && active !== false);
  const sorted = [...usable].sort((a, b) => rank(a) - rank(b) || Number(a['Id']) - Number(b['Id']));
  const ids = new Map<string, string>();
  for (const { Id: id, DueDays: days } of sorted) {
    const text = numberText(days);
    if (typeof id === 'string' && text !== null && !ids.has(text)) ids.set(text, id);
  }
  return ids;
}

function rank({ DiscountPercent: percent }: Body): number {
  return Number(numberText(percent) ?? 0) > 0 ? 1 : 0;
}

function daysOf(reference: unknown): string | null {
  return isMembers(reference) && reference['value'] === undefined ? numberText(reference['DueDays']) : null;
}

function numberText(value: unknown): string | null {
  if (isLosslessNumber(value)) return String(Number(value.toString()));
  return typeof value === 'string' && /^\d{1,5}$/.test(value) ? String(Number(value)) : null;
}
