import { type ConnectorError, type RecordOutcome, type WireExchange } from '@hub/connector-sdk';
import { type Connection } from 'jsforce/lib/connection';
import { type SalesforceClient } from './salesforce.client';
import { errorOfItem, readError, UNREADABLE_ANSWER } from './salesforce.errors';

export interface Collection {
  readonly object: string;
  /** Field to upsert by; null: update by Id. */
  readonly externalIdField: string | null;
  /** Creates; only where a repeat is refused by a rule of the vendor's own. */
  readonly isNew?: boolean;
  /** At most 200 records as JSON text, no key twice. */
  readonly records: readonly string[];
}

export interface CollectionOutcome {
  /** One for each record, in order. */
  readonly outcomes: readonly RecordOutcome[];
  /** Set when the call as a whole failed: the next ones would fare no better. */
  readonly failure: ConnectorError | null;
}

/**
 * One sObject Collections call, `allOrNone=false`: a bad record leaves the others alone.
 *
 * The body is written here and sent with jsforce's `request`, not with its `upsert`: that one takes a payload's
 * `type` member for the object's name, refuses 0 as external id, and prints numbers anew as JavaScript doubles. With a
 * single record it would put the external id unescaped into the path and so write another record (`A/B` writes to `A`);
 * here the id is always in the body.
 */
export async function sendCollection(client: SalesforceClient, collection: Collection): Promise<CollectionOutcome> {
  const { object, externalIdField, records, isNew = false } = collection;
  const path = externalIdField === null ? '' : `/${encodeURIComponent(object)}/${encodeURIComponent(externalIdField)}`;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (client.settings.allowDuplicates) headers['Sforce-Duplicate-Rule-Header'] = 'allowSave=true';
  const { result, exchange } = await client.call((connection: Connection) =>
    connection.request<unknown>({
      method: isNew ? 'POST' : 'PATCH',
      url: `/composite/sobjects${path}`,
      body: `{"allOrNone":false,"records":[${records.join(',')}]}`,
      headers,
    }),
  );
  if (!result.ok) return wholeFailure(collection, result.error, exchange);
  const items: unknown = result.value;
  if (!Array.isArray(items) || items.length !== records.length) {
    return wholeFailure(collection, UNREADABLE_ANSWER, exchange);
  }
  const outcomes = records.map((record, i) => {
    const item: unknown = items[i];
    const part = { index: i + 1, count: records.length, request: record, response: JSON.stringify(item) };
    const narrowed = exchange === undefined ? {} : { exchange: client.settings.recorder.part(exchange, part) };
    return { ...outcomeOfItem(client, item), ...narrowed };
  });
  return { outcomes, failure: null };
}

function wholeFailure(
  { records }: Collection,
  error: ConnectorError,
  exchange: WireExchange | undefined,
): CollectionOutcome {
  const outcomes = records.map((): RecordOutcome => ({
    ok: false,
    error,
    ...(exchange === undefined ? {} : { exchange }),
  }));
  return { outcomes, failure: error };
}

function outcomeOfItem(client: SalesforceClient, item: unknown): RecordOutcome {
  if (typeof item !== 'object' || item === null) return { ok: false, error: UNREADABLE_ANSWER };
  const { success, id, created, errors } = item as Record<string, unknown>;
  if (success === true && typeof id === 'string') {
    return { ok: true, externalId: id, ...(typeof created === 'boolean' ? { created } : {}) };
  }
  const first = Array.isArray(errors) ? readError(errors[0]) : null;
  if (success !== false || first === null) return { ok: false, error: UNREADABLE_ANSWER };
  return { ok: false, error: client.settings.recorder.cleanError(errorOfItem(first)) };
}
