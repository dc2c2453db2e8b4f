import {
  MATCH_KEYS,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type DeliveryRecord,
  type ExistingRecord,
  type FoundRecords,
  type MatchFacts,
  type MatchKey,
  type RecordMatcher,
  type RecordOutcome,
  type WantedFacts,
} from '@hub/connector-sdk';
import { wakeWaitingForLinks, type SendItem } from '@hub/delivery';
import { type DrainBell } from '@hub/platform';
import {
  decideMatch,
  DEFAULT_MATCH_KEYS,
  findLinkedIds,
  linkMatches,
  systemKey,
  type MatchOutcome,
  type RecordRef,
} from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { withoutHint, writtenSource } from './written-source';

/** A delivery as it is sent, and as its connector sees it. */
export interface SentRecord {
  readonly item: SendItem;
  readonly record: DeliveryRecord;
}

export interface MatchPlace {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly connector: Connector;
  /** Kind of record that the operation writes; null where none is known. */
  readonly type: string | null;
}

/** What becomes of a record that is there already: it is not sent. */
export interface Matched {
  readonly outcome: Extract<RecordOutcome, { ok: false }>;
  /** It is linked by now: mapped once more, it is a change. */
  readonly mapAgain: boolean;
}

interface Wanted {
  readonly index: number;
  readonly source: RecordRef;
  readonly facts: MatchFacts;
  /** Those of them that the vendor is asked by. */
  readonly asked: WantedFacts;
  readonly keys: readonly MatchKey[];
}

/** A vendor that is asked for thousands of records names enough of them to see what is the matter. */
const MOST_NAMED = 5;

/** A system that cannot be asked just now is asked before anything is written; one that never can must not stop all writing. */
const ASKED_AGAIN: ReadonlySet<string> = new Set<ConnectorError['category']>([
  'auth_expired',
  'auth_revoked',
  'rate_limited',
  'concurrency',
  'transient',
]);

const WORDS: Readonly<Record<MatchKey, string>> = {
  tax_id: 'tax number',
  account_number: 'number',
  email: 'e-mail address',
  name: 'name',
};

/**
 * Before a record is created in a system, it is looked for there: both systems of a new sync mostly hold the same customers
 * already. The one that is found is linked; where several might be meant, a person decides.
 */
export class FirstMatch {
  constructor(
    private readonly tenants: TenantDb,
    private readonly bell: Pick<DrainBell, 'ring'>,
  ) {}

  /** @returns by index what is not to be sent. */
  async find(
    place: MatchPlace,
    context: ConnectorContext,
    operation: string,
    records: readonly SentRecord[],
  ): Promise<ReadonlyMap<number, Matched>> {
    const { matching } = place.connector;
    if (matching === undefined || place.type === null) return new Map();
    const wanted = await this.unlinked(place, wantedOf(matching, place.type, operation, records));
    if (wanted.length === 0) return new Map();
    const found = await matching.find(
      context,
      operation,
      wanted.map(({ asked }) => asked),
    );
    if (!found.ok) {
      const stopped = ASKED_AGAIN.has(found.error.category) ? wanted : [];
      return new Map(stopped.map(({ index }) => [index, refused(found.error)]));
    }
    const { records: existing, unread } = found.value;
    if (existing.length === 0 && unread.length === 0) return new Map();
    const outcomes = await this.link(place, wanted, found.value);
    const matched = wanted.flatMap(({ index }, position) => {
      const outcome = outcomes[position];
      const told = outcome === undefined ? null : toMatched(place, outcome);
      return told === null ? [] : [[index, told] as const];
    });
    return new Map(matched);
  }

  private async unlinked(
    { tenantId, connectionId, type }: MatchPlace,
    wanted: readonly Wanted[],
  ): Promise<readonly Wanted[]> {
    if (wanted.length === 0) return [];
    const queries = wanted.map(({ source }) => ({
      from: systemKey(source.system),
      type: type ?? '',
      id: source.recordId,
      system: { connectionId },
    }));
    const linked = await this.tenants.run(tenantId, (tx) => findLinkedIds(tx, queries, connectionId));
    return wanted.filter((_one, index) => linked[index] == null);
  }

  private async link(
    { tenantId, connectionId, type }: MatchPlace,
    wanted: readonly Wanted[],
    { records: existing, unread }: FoundRecords,
  ): Promise<readonly MatchOutcome[]> {
    const unlinked = wanted.map(({ source, facts, keys }) => ({
      source,
      decide: (free: readonly ExistingRecord[]) => decideMatch(facts, { records: free, unread }, keys),
    }));
    const { outcomes, woken } = await this.tenants.run(tenantId, async (tx) => {
      const done = await linkMatches(tx, type ?? '', connectionId, unlinked, existing);
      return { outcomes: done.outcomes, woken: await wakeWaitingForLinks(tx, done.linked) };
    });
    for (const one of woken) this.bell.ring({ tenantId, connectionId: one });
    return outcomes;
  }
}

const UNANSWERED: RecordOutcome = {
  ok: false,
  error: { category: 'transient', code: 'hub_internal', message: 'The connector did not say what became of it.' },
};

/** One outcome for each of `count` records, in order: of those that were not sent, and of the others as they were sent. */
export function settled(
  count: number,
  matched: ReadonlyMap<number, Matched>,
  outcomes: readonly RecordOutcome[],
): readonly { readonly outcome: RecordOutcome; readonly mapAgain: boolean }[] {
  const left = [...outcomes];
  return Array.from(
    { length: count },
    (_unused, index) => matched.get(index) ?? { outcome: left.shift() ?? UNANSWERED, mapAgain: false },
  );
}

/** Those that a mapping has made of a record of the source, and that nothing but a look at the vendor can tell from new ones. */
function wantedOf(
  matching: RecordMatcher,
  type: string,
  operation: string,
  records: readonly SentRecord[],
): readonly Wanted[] {
  return records.flatMap(({ item, record }, index): Wanted[] => {
    const { delivery, payloadText } = item;
    if (delivery.mappingId === null) return [];
    const keys = withoutHint(delivery, payloadText).match ?? DEFAULT_MATCH_KEYS;
    const { source } = writtenSource(type, delivery, payloadText);
    if (keys.length === 0 || source === null || source.type !== type) return [];
    const facts = matching.factsOf(operation, record.payloadText);
    if (facts === null) return [];
    const asked = askedBy(matching, facts, keys);
    return Object.keys(asked.keys).length === 0 ? [] : [{ index, source: source.record, facts, asked, keys }];
  });
}

/** What the vendor is asked by: the keys that decide, and the name where that may show what is probably the same. */
function askedBy({ looksForAlike }: RecordMatcher, facts: MatchFacts, keys: readonly MatchKey[]): WantedFacts {
  const showsAlike = looksForAlike && facts.postalCode !== null;
  const asked = MATCH_KEYS.filter((key) => keys.includes(key) || (key === 'name' && showsAlike));
  const values = asked.flatMap((key) => (facts.keys[key] === undefined ? [] : [[key, facts.keys[key]] as const]));
  return { ...facts, keys: Object.fromEntries(values), nameDecides: keys.includes('name') };
}

function toMatched({ connector, type }: MatchPlace, outcome: MatchOutcome): Matched | null {
  const { name } = connector.manifest;
  switch (outcome.kind) {
    case 'none':
      return null;
    case 'linked':
      return { ...refused(duplicate('linked_to_existing', `${name} has this ${type} already.`)), mapAgain: true };
    case 'one': {
      const message = `${name} has a ${type} with the same ${WORDS[outcome.by]}: ${named([outcome.record])}. It is linked now.`;
      return { ...refused(duplicate('linked_to_existing', message)), mapAgain: true };
    }
    case 'several': {
      const message = `${name} has ${severalOf(outcome)}`;
      return refused(duplicate('several_matches', message));
    }
    case 'alike': {
      const message = `${name} has a ${type} of the same name at the same postal code: ${named(outcome.records)}`;
      return refused(duplicate('possible_match', message));
    }
  }
}

function severalOf({ by, records, allRead }: Extract<MatchOutcome, { kind: 'several' }>): string {
  const same = `of them with the same ${WORDS[by]}`;
  if (allRead) return `several ${same}: ${named(records)}`;
  const some = records.slice(0, MOST_NAMED);
  return `more ${same} than can be looked through${some.length > 0 ? `, such as ${named(some)}` : ''}`;
}

function named(records: readonly ExistingRecord[]): string {
  const list = records.slice(0, MOST_NAMED).map(({ id, name }) => `${id} (${name.slice(0, 100)})`);
  const more = records.length - list.length;
  return `${list.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function duplicate(code: string, message: string): ConnectorError {
  return { category: 'duplicate', code, message };
}

function refused(error: ConnectorError): Matched {
  return { outcome: { ok: false, error }, mapAgain: false };
}
