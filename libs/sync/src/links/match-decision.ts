import { MATCH_KEYS, type ExistingRecord, type FoundRecords, type MatchFacts, type MatchKey } from '@hub/connector-sdk';

/** What says surely enough that two records are one. A name does not, unless a mapping says so. */
export const DEFAULT_MATCH_KEYS: readonly MatchKey[] = ['tax_id', 'account_number', 'email'];

/** Records with different ones of these are two, whatever else they share. */
const IDENTIFIERS: readonly MatchKey[] = ['tax_id', 'account_number'];

type Keyed = Pick<MatchFacts, 'keys'>;

export type MatchDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly by: MatchKey; readonly record: ExistingRecord }
  /** Never guessed: a person says which. */
  | {
      readonly kind: 'several';
      readonly by: MatchKey;
      /** At least two, or where not all were read, those of them that were: none, it may be. */
      readonly records: readonly ExistingRecord[];
      readonly allRead: boolean;
    }
  /** The same name at the same postal code: likely, and not sure. */
  | { readonly kind: 'alike'; readonly records: readonly ExistingRecord[] };

/**
 * Which of the existing records is the one that `wanted` describes: by the surest key that any of them shares. A value of which not
 * all records were read decides like one that several have: who was not read may be the same, and what was read may be none.
 * A name that decides nothing shows what is alike among those that were read.
 * @param keys those that the mapping lets decide.
 */
export function decideMatch(
  wanted: MatchFacts,
  { records: existing, unread }: FoundRecords,
  keys: readonly MatchKey[],
): MatchDecision {
  const possible = existing.filter((record) => !IDENTIFIERS.some((key) => contradicts(key, wanted, record)));
  for (const by of MATCH_KEYS.filter((key) => keys.includes(key))) {
    const records = livingFirst(possible.filter((record) => shares(by, wanted, record)));
    if (unread.some(({ key, value }) => key === by && shares(by, wanted, { keys: { [by]: [value] } })))
      return { kind: 'several', by, records, allRead: false };
    const [record, ...others] = records;
    if (record !== undefined)
      return others.length === 0 ? { kind: 'one', by, record } : { kind: 'several', by, records, allRead: true };
  }
  const records = livingFirst(possible.filter((record) => isAlike(wanted, record)));
  return records.length === 0 ? { kind: 'none' } : { kind: 'alike', records };
}

/** What was set inactive counts where nothing else is to be had. */
function livingFirst(records: readonly ExistingRecord[]): readonly ExistingRecord[] {
  const living = records.filter(({ active }) => active);
  return living.length > 0 ? living : records;
}

function isAlike(wanted: MatchFacts, record: ExistingRecord): boolean {
  const [code, other] = [normalPlain(wanted.postalCode ?? ''), normalPlain(record.postalCode ?? '')];
  return code !== '' && code === other && shares('name', wanted, record);
}

function shares(key: MatchKey, one: Keyed, other: Keyed): boolean {
  const values = new Set(valuesOf(key, one));
  return valuesOf(key, other).some((value) => values.has(value));
}

function contradicts(key: MatchKey, one: Keyed, other: Keyed): boolean {
  return valuesOf(key, one).length > 0 && valuesOf(key, other).length > 0 && !shares(key, one, other);
}

function valuesOf(key: MatchKey, { keys }: Keyed): readonly string[] {
  const normalise = key === 'email' ? normalMail : key === 'name' ? normalName : normalPlain;
  return (keys[key] ?? []).map(normalise).filter((value) => value !== '');
}

function normalMail(text: string): string {
  return text.trim().toLowerCase();
}

/** `ACME  Tools, Ltd.` is `Acme Tools Ltd`. */
function normalName(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Numbers and codes are written with and without blanks, dots and dashes. */
function normalPlain(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
