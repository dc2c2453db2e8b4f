import { stringify } from 'lossless-json';
import { type ConnectorError, type DeliveryRecord, type RecordOutcome, type WireExchange } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { complete, mergeAddresses, replacedSublists } from './netsuite.complete';
import { UNREADABLE_ANSWER } from './netsuite.errors';
import { textOf, type Members } from './netsuite.json';
import { isEntity, isItem, isTransaction, type NetSuiteOperation } from './netsuite.operation';
import { prepareRecord, type PreparedRecord } from './netsuite.record';
import { type References } from './netsuite.references';

/** Errors that the next record would meet as well. */
const STOPS = new Set<ConnectorError['category']>([
  'auth_expired',
  'auth_revoked',
  'config',
  'rate_limited',
  'concurrency',
  'transient',
  'unknown_outcome',
]);
/** A record that has no such external id; a page of a proxy that says 404 is something else. */
const ABSENT = new Set(['NONEXISTENT_ID', 'RCRD_DSNT_EXIST']);

/** One call after the other: the REST API has no bulk call, and the account's limit is on calls at once. */
export async function deliverRecords(
  client: NetSuiteClient,
  references: References,
  operation: NetSuiteOperation,
  records: readonly DeliveryRecord[],
): Promise<readonly RecordOutcome[]> {
  const outcomes: RecordOutcome[] = [];
  let stop: ConnectorError | null = null;
  for (const record of records) {
    const outcome: RecordOutcome =
      stop === null ? await new Delivery(client, references, operation).run(record) : { ok: false, error: stop };
    outcomes.push(outcome);
    if (!outcome.ok && STOPS.has(outcome.error.category)) stop ??= outcome.error;
  }
  return outcomes;
}

/** Where a record is written, and with what. */
interface Target {
  readonly type: string;
  /** `107` or `eid:con-58`. */
  readonly key: string;
  readonly id: string | null;
  readonly method: 'PATCH' | 'PUT';
  readonly isNew: boolean | null;
  readonly addressBook: unknown;
}

class Delivery {
  private lastExchange: WireExchange | undefined;

  constructor(
    private readonly client: NetSuiteClient,
    private readonly references: References,
    private readonly operation: NetSuiteOperation,
  ) {}

  async run(record: DeliveryRecord): Promise<RecordOutcome> {
    const prepared = prepareRecord(record, this.operation.verb);
    const written = prepared.ok ? await this.write(prepared.value) : prepared;
    const exchange = this.lastExchange === undefined ? {} : { exchange: this.lastExchange };
    if (written.ok) return { ok: true, ...written.value, ...exchange };
    return { ok: false, error: this.client.settings.recorder.cleanError(written.error), ...exchange };
  }

  private async write(record: PreparedRecord): Promise<Result<Written, ConnectorError>> {
    const type = await this.typeOf(record);
    if (!type.ok) return type;
    if (this.operation.verb === 'deactivate') return this.deactivate(type.value, record);
    const members = await this.references.resolve(this.client, record.members);
    if (!members.ok) return members;
    const target = await this.targetOf(type.value, record, members.value);
    return target.ok ? this.send(target.value, members.value) : target;
  }

  /** An item's type is what it is in NetSuite; only of a new one may the payload say. */
  private async typeOf({ id, recordType }: PreparedRecord): Promise<Result<string, ConnectorError>> {
    if (this.operation.type !== 'item') return ok(this.operation.type);
    const wanted = recordType ?? this.client.settings.config.default_item_type ?? 'nonInventorySaleItem';
    if (id === null) return ok(wanted);
    const found = await this.references.itemType(this.client, id);
    return found.ok ? ok(found.value ?? wanted) : found;
  }

  /**
   * Names in lists are looked up by external id first: what the connection says of new ones (subsidiary, accounts) must not
   * overwrite what people have changed since, and an address must find its line.
   */
  private async targetOf(
    type: string,
    { id, externalId }: PreparedRecord,
    members: Members,
  ): Promise<Result<Target, ConnectorError>> {
    const key = id ?? `eid:${externalId ?? ''}`;
    const hasAddresses = isEntity(type) && members['addressBook'] !== undefined;
    const isUpdate = id !== null || this.operation.verb === 'update';
    const change: Target = { type, key, id, method: 'PATCH', isNew: false, addressBook: undefined };
    if (isUpdate && !hasAddresses) return ok(change);
    if (!isUpdate && !isEntity(type) && !isItem(type)) return ok({ ...change, method: 'PUT', isNew: null });
    const present = await this.read(type, key, hasAddresses ? 'addressBook' : 'externalId');
    if (present.ok) {
      const found = textOf(present.value['id']);
      return ok({ ...change, key: found ?? key, id: found ?? id, addressBook: present.value['addressBook'] });
    }
    const isAbsent = present.error.category === 'not_found' && ABSENT.has(present.error.code);
    return isAbsent && !isUpdate ? ok({ ...change, method: 'PUT', isNew: true }) : present;
  }

  private async send(target: Target, members: Members): Promise<Result<Written, ConnectorError>> {
    const { type, key, method, isNew } = target;
    const body = complete(type, members, this.client.settings.config, isNew !== false);
    if (target.addressBook !== undefined) body['addressBook'] = mergeAddresses(body['addressBook'], target.addressBook);
    const replaced = replacedSublists(body);
    const { result, exchange } = await this.client.write({
      method,
      path: pathOf(type, key),
      ...(replaced.length === 0 ? {} : { query: { replace: replaced.join(',') } }),
      body: stringify(body) ?? '{}',
    });
    this.lastExchange = exchange;
    if (!result.ok) return result;
    const externalId = await this.idOf(target, result.value.id);
    if (!externalId.ok) return externalId;
    return ok({ externalId: externalId.value, ...(isNew === null ? {} : { created: isNew }) });
  }

  /** The id is in the answer's `Location`, which some proxies strip: then the record itself is asked. */
  private async idOf({ type, key, id }: Target, told: string | null): Promise<Result<string, ConnectorError>> {
    const known = told ?? id;
    if (known !== null) return ok(known);
    const present = await this.read(type, key, 'externalId', false);
    if (!present.ok) return present;
    const found = textOf(present.value['id']);
    return found === null ? err(UNREADABLE_ANSWER) : ok(found);
  }

  /** Names are set inactive. Books know no such thing: an entry is deleted, unless its period or another entry forbids it. */
  private async deactivate(type: string, { id, externalId }: PreparedRecord): Promise<Result<Written, ConnectorError>> {
    const path = pathOf(type, id ?? `eid:${externalId ?? ''}`);
    const isDeletion = isTransaction(type);
    const { result, exchange } = await this.client.write(
      isDeletion ? { method: 'DELETE', path } : { method: 'PATCH', path, body: '{"isInactive":true}' },
    );
    this.lastExchange = exchange;
    if (result.ok) return ok({ externalId: id ?? result.value.id, created: false });
    const isGone = isDeletion && result.error.category === 'not_found' && ABSENT.has(result.error.code);
    return isGone ? ok({ externalId: id, created: false }) : result;
  }

  private async read(
    type: string,
    key: string,
    fields: string,
    isShown = true,
  ): Promise<Result<Members, ConnectorError>> {
    const { result, exchange } = await this.client.read({
      method: 'GET',
      path: pathOf(type, key),
      query: { fields, ...(fields === 'addressBook' ? { expandSubResources: 'true' } : {}) },
    });
    if (isShown) this.lastExchange = exchange;
    return result;
  }
}

type Written = Pick<Extract<RecordOutcome, { ok: true }>, 'externalId' | 'created'>;

function pathOf(type: string, key: string): string {
  return `/record/v1/${type}/${key}`;
}
