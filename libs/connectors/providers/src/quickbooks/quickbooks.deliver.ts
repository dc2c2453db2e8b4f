import { stringify } from 'lossless-json';
import {
  roundsOfUniqueKeys,
  slices,
  type ConnectorError,
  type DeliveryRecord,
  type RecordOutcome,
  type WireExchange,
} from '@hub/connector-sdk';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { isNameList, type Entity, type QuickBooksOperation } from './quickbooks.entities';
import { errorOfVendor, faultOf, UNREADABLE_ANSWER } from './quickbooks.errors';
import { currentTokens, findCreated, isUniquelyNamed } from './quickbooks.lookup';
import { BATCH_ITEMS } from './quickbooks.manifest';
import { nameNamesakes } from './quickbooks.namesakes';
import { isMembers, prepareRecord, sha256, type Members, type PreparedRecord } from './quickbooks.record';
import { TermsLists, withTerms } from './quickbooks.terms';

/** Errors of a call as a whole that the next one would meet as well. */
const STOPS = new Set<ConnectorError['category']>([
  'auth_expired',
  'auth_revoked',
  'permission',
  'config',
  'rate_limited',
  'concurrency',
  'transient',
  'unknown_outcome',
]);

/**
 * Updates go 30 in a call, after one query for the versions that are current, and so do new names. What else is new, and
 * voids, go one by one.
 */
export async function deliverRecords(
  client: QuickBooksClient,
  operation: QuickBooksOperation,
  records: readonly DeliveryRecord[],
  terms: TermsLists,
): Promise<readonly RecordOutcome[]> {
  const run = new DeliverRun(client, operation, records.length);
  const prepared: PreparedRecord[] = [];
  records.forEach((record, index) => {
    const result = prepareRecord(record, index, operation, client.settings.config);
    if (result.ok) prepared.push(result.value);
    else run.refuse(index, result.error);
  });
  const ready = await run.findTerms(prepared, terms);
  await run.creates(ready.filter(({ id }) => id === null));
  const known = ready.filter(({ id }) => id !== null);
  // Two changes of one entity in a batch: the second would come with the version that the first has used up.
  for (const round of roundsOfUniqueKeys(known, ({ id }) => id ?? '')) await run.updates(round);
  await nameNamesakes(client, operation.entity, ready, run.outcomes);
  return run.outcomes;
}

class DeliverRun {
  readonly outcomes: RecordOutcome[];
  private failure: ConnectorError | null = null;
  private readonly entity: Entity;

  constructor(
    private readonly client: QuickBooksClient,
    private readonly operation: QuickBooksOperation,
    count: number,
  ) {
    this.outcomes = new Array<RecordOutcome>(count);
    this.entity = operation.entity;
  }

  refuse(index: number, error: ConnectorError, exchange?: WireExchange): void {
    const cleaned = this.client.settings.recorder.cleanError(error);
    this.outcomes[index] = { ok: false, error: cleaned, ...(exchange === undefined ? {} : { exchange }) };
  }

  /** @returns the records that can be sent. */
  async findTerms(records: readonly PreparedRecord[], terms: TermsLists): Promise<readonly PreparedRecord[]> {
    const open = records.filter(({ members }) => TermsLists.areOpen(this.entity, members));
    if (open.length === 0) return records;
    const ids = await terms.of(this.client);
    if (!ids.ok) {
      this.fail(open, ids.error);
      return records.filter((record) => !open.includes(record) && !this.stopped([record]));
    }
    return records.flatMap((record) => {
      const members = withTerms(this.entity, record.members, ids.value);
      if (members.ok) return [{ ...record, members: members.value }];
      this.refuse(record.index, members.error);
      return [];
    });
  }

  async creates(records: readonly PreparedRecord[]): Promise<void> {
    // Nobody knows in which batch a lost answer was, so what may have been created is looked for, and then sent alone.
    for (const record of records.filter(({ isRepeat }) => isRepeat)) {
      if (this.stopped([record])) continue;
      const found = await findCreated(this.client, this.entity, record);
      if (!found.ok) this.fail([record], found.error);
      else if (found.value !== null) this.outcomes[record.index] = outcomeOf(found.value, true);
      else await this.single(record, `/${this.entity.toLowerCase()}`, { requestid: record.requestId }, record.members);
    }
    const first = records.filter(({ isRepeat }) => !isRepeat);
    // A batch may still be at work when one of its records is sent again under an id of its own: what the vendor has no
    // name for, which it would refuse the second time, is never sent but under that id.
    const named = first.filter((record) => isUniquelyNamed(this.entity, record));
    const others = first.filter((record) => !named.includes(record));
    for (const slice of [...slices(named, BATCH_ITEMS), ...slices(others, 1)]) {
      const [only] = slice;
      if (this.stopped(slice) || only === undefined) continue;
      if (slice.length > 1) await this.batch('create', slice, (record) => record.members);
      else await this.single(only, `/${this.entity.toLowerCase()}`, { requestid: only.requestId }, only.members);
    }
  }

  async updates(records: readonly PreparedRecord[]): Promise<void> {
    if (records.length === 0 || this.stopped(records)) return;
    const unknown = records.flatMap(({ id, syncToken }) => (id !== null && syncToken === null ? [id] : []));
    const current = await currentTokens(this.client, this.entity, unknown);
    if (!current.ok) return this.fail(records, current.error);
    const { tokens, unread } = current.value;
    const tokenOf = (record: PreparedRecord): string | undefined => record.syncToken ?? tokens.get(record.id ?? '');
    const ready = records.filter((record) => {
      if (tokenOf(record) !== undefined) return true;
      this.refuse(record.index, unread.has(record.id ?? '') ? NOT_LISTED : notFound(this.entity));
      return false;
    });
    const body = (record: PreparedRecord): Members => ({
      ...record.members,
      Id: record.id,
      SyncToken: tokenOf(record),
      sparse: true,
    });
    if (this.operation.verb === 'deactivate' && !isNameList(this.entity)) {
      for (const record of ready) if (!this.stopped([record])) await this.void(record, body(record));
      return;
    }
    for (const slice of slices(ready, BATCH_ITEMS)) {
      const [only] = slice;
      if (this.stopped(slice) || only === undefined) continue;
      if (slice.length > 1) await this.batch('update', slice, body);
      else await this.single(only, `/${this.entity.toLowerCase()}`, {}, body(only));
    }
  }

  private void(record: PreparedRecord, { Id, SyncToken, sparse }: Members): Promise<void> {
    return this.entity === 'Payment'
      ? this.single(record, '/payment', { operation: 'update', include: 'void' }, { Id, SyncToken, sparse })
      : this.single(record, `/${this.entity.toLowerCase()}`, { operation: 'void' }, { Id, SyncToken });
  }

  /** Every write may be made again: creates carry their request id, updates set the same values and their version. */
  private async single(
    record: PreparedRecord,
    path: string,
    parameters: Readonly<Record<string, string>>,
    members: Members,
  ): Promise<void> {
    const include: Record<string, string> = this.numbersMayRepeat() ? { include: 'allowduplicatedocnum' } : {};
    const { result, exchange } = await this.client.post(
      path,
      { ...include, ...parameters },
      stringify(members) ?? '{}',
      true,
    );
    if (!result.ok) return this.fail([record], ofRecord(record, result.error), exchange);
    const entity = result.value[this.entity];
    if (!isMembers(entity)) return this.fail([record], UNREADABLE_ANSWER, exchange);
    this.outcomes[record.index] = {
      ...outcomeOf(entity, record.id === null),
      ...(exchange === undefined ? {} : { exchange }),
    };
  }

  private async batch(
    operation: 'create' | 'update',
    records: readonly PreparedRecord[],
    membersOf: (record: PreparedRecord) => Members,
  ): Promise<void> {
    const items = records.map((record, index) => ({ bId: String(index), operation, [this.entity]: membersOf(record) }));
    // The same records again, the same id: the vendor answers with what it answered before.
    const requestid = sha256(records.map(({ requestId }) => requestId).join('\n')).slice(0, 32);
    const { result, exchange } = await this.client.post(
      '/batch',
      operation === 'create' ? { requestid } : {},
      stringify({ BatchItemRequest: items }) ?? '{}',
      true,
    );
    if (!result.ok) return this.fail(records, result.error, exchange);
    const answers = result.value['BatchItemResponse'];
    const byId = new Map(
      (Array.isArray(answers) ? answers.filter(isMembers) : []).map((answer) => [answer['bId'], answer] as const),
    );
    records.forEach((record, index) => {
      const answer = byId.get(String(index));
      const part = {
        index: index + 1,
        count: records.length,
        request: stringify(items[index]) ?? '',
        response: answer === undefined ? null : (stringify(answer) ?? null),
      };
      const narrowed = exchange === undefined ? undefined : this.client.settings.recorder.part(exchange, part);
      this.settleItem(record, answer, narrowed);
    });
  }

  private settleItem(record: PreparedRecord, answer: Body | undefined, exchange: WireExchange | undefined): void {
    const [fault] = faultOf(answer);
    if (fault !== undefined) return this.refuse(record.index, ofRecord(record, errorOfVendor(fault)), exchange);
    const entity = answer?.[this.entity];
    if (!isMembers(entity)) return this.refuse(record.index, UNREADABLE_ANSWER, exchange);
    this.outcomes[record.index] = {
      ...outcomeOf(entity, record.id === null),
      ...(exchange === undefined ? {} : { exchange }),
    };
  }

  private fail(records: readonly PreparedRecord[], error: ConnectorError, exchange?: WireExchange): void {
    for (const { index } of records) this.refuse(index, error, exchange);
    if (STOPS.has(error.category)) this.failure = error;
  }

  /** After a call that failed as a whole, the rest is not sent. */
  private stopped(records: readonly PreparedRecord[]): boolean {
    const { failure } = this;
    if (failure !== null) for (const { index } of records) this.refuse(index, failure);
    return failure !== null;
  }

  private numbersMayRepeat(): boolean {
    return this.entity === 'Invoice' && this.client.settings.config.allow_duplicate_numbers === true;
  }
}

function outcomeOf({ Id, SyncToken }: Body, created: boolean): RecordOutcome {
  return {
    ok: true,
    externalId: typeof Id === 'string' ? Id : null,
    created,
    version: typeof SyncToken === 'string' ? SyncToken : null,
  };
}

/** What a change collides with is another record for sure: mapping it again would make the same change of it. */
function ofRecord({ id }: PreparedRecord, error: ConnectorError): ConnectorError {
  return id !== null && error.category === 'duplicate' ? { ...error, category: 'validation' } : error;
}

/** There or not: it takes another attempt to ask. */
const NOT_LISTED: ConnectorError = {
  category: 'transient',
  code: 'not_listed',
  message: 'QuickBooks has not listed this Id, nor many others that were asked for with it; it is asked for again',
};

function notFound(entity: Entity): ConnectorError {
  return { category: 'not_found', code: '610', message: `No ${entity} has this Id`, fields: ['Id'] };
}
