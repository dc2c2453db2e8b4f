import { LRUCache } from 'lru-cache';
import { type ConnectorError, type FieldSummary } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { describeFields } from './salesforce.describe';
import { PULL_STAMPS, USUAL_FIELDS } from './salesforce.pull-objects';

/** A describe of Account is half a megabyte: asked once for many polls. A field that vanishes meanwhile costs one poll. */
const FRESH_MS = 10 * 60 * 1000;
/** What a query's columns may take of its URL, which holds 16,384 characters in all. */
const MOST_ENCODED = 14_000;
/** In a URL a comma takes three characters. */
const ENCODED_COMMA = encodeURIComponent(',').length;
const COMPOUND = new Set(['address', 'location', 'base64']);

/** Fields of objects: which there are, and which of them to pull. */
export class KnownFields {
  private readonly known = new LRUCache<string, readonly FieldSummary[]>({ max: 2_000, ttl: FRESH_MS });

  forget(connectionId: string, object: string): void {
    this.known.delete(`${connectionId} ${object}`);
  }

  /**
   * Columns of the object to pull: those that exist and may be seen, an opportunity's with those of its account. Custom fields
   * come last: where not all of them fit, the usual ones and those that the connection names are sure to be there.
   */
  async columns(client: SalesforceClient, object: string): Promise<Result<readonly string[], ConnectorError>> {
    const own = await this.candidates(client, object);
    if (!own.ok) return own;
    if (object !== 'Opportunity') return ok(fitting([...own.value.sure, ...own.value.custom]));
    const account = await this.candidates(client, 'Account');
    if (!account.ok) return account;
    const ofAccount = (names: readonly string[]): string[] => names.map((name) => `Account.${name}`);
    return ok(
      fitting([
        ...own.value.sure,
        ...ofAccount(account.value.sure),
        ...own.value.custom,
        ...ofAccount(account.value.custom),
      ]),
    );
  }

  private async candidates(client: SalesforceClient, object: string): Promise<Result<Candidates, ConnectorError>> {
    const fields = await this.all(client, object);
    if (!fields.ok) return fields;
    return candidatesOf(object, fields.value, client.settings.pullFields.get(object.toLowerCase()) ?? []);
  }

  async all(client: SalesforceClient, object: string): Promise<Result<readonly FieldSummary[], ConnectorError>> {
    const key = `${client.connectionId} ${object}`;
    const known = this.known.get(key);
    if (known !== undefined) return ok(known);
    const described = await describeFields(client, object);
    if (described.ok) this.known.set(key, described.value);
    return described;
  }
}

interface Candidates {
  readonly sure: readonly string[];
  readonly custom: readonly string[];
}

function candidatesOf(
  object: string,
  fields: readonly FieldSummary[],
  wanted: readonly string[],
): Result<Candidates, ConnectorError> {
  const visible = new Map(
    fields.filter(({ vendorType }) => !COMPOUND.has(vendorType)).map(({ name }) => [name.toLowerCase(), name]),
  );
  const missing = wanted.filter((name) => !visible.has(name.toLowerCase()));
  if (missing.length > 0) {
    return err({
      category: 'config',
      code: 'INVALID_FIELD',
      message: `The org has no such field of ${object}, or hides it from the hub's user: ${missing.join(', ')}`,
      fields: missing,
    });
  }
  const custom = [...visible.values()].filter((name) => name.endsWith('__c'));
  const sure = [...PULL_STAMPS, ...(USUAL_FIELDS[object] ?? []), ...wanted].flatMap(
    (name) => visible.get(name.toLowerCase()) ?? [],
  );
  return ok({ sure, custom });
}

/** The first that fit, each once. */
function fitting(names: readonly string[]): readonly string[] {
  const chosen: string[] = [];
  let length = 0;
  for (const name of new Set(names)) {
    const more = encodeURIComponent(name).length + ENCODED_COMMA;
    if (length + more > MOST_ENCODED) continue;
    chosen.push(name);
    length += more;
  }
  return chosen;
}
