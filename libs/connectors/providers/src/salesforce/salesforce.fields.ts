import { LRUCache } from 'lru-cache';
import { type ConnectorError, type FieldSummary } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { describeFields } from './salesforce.describe';
import { PULL_STAMPS, USUAL_FIELDS } from './salesforce.pull-objects';

/** A describe of Account is half a megabyte: asked once for many polls. A field that vanishes meanwhile costs one poll. */
const FRESH_MS = 10 * 60 * 1000;
/** Queries travel in a URL, which holds about 16 kB. */
const MAX_FIELDS_LENGTH = 9_000;
const COMPOUND = new Set(['address', 'location', 'base64']);

/** Fields of objects: which there are, and which of them to pull. */
export class KnownFields {
  private readonly known = new LRUCache<string, readonly FieldSummary[]>({ max: 2_000, ttl: FRESH_MS });

  forget(connectionId: string, object: string): void {
    this.known.delete(`${connectionId} ${object}`);
  }

  /** Those to pull: that exist and may be seen, custom ones included. */
  async of(client: SalesforceClient, object: string): Promise<Result<readonly string[], ConnectorError>> {
    const fields = await this.all(client, object);
    if (!fields.ok) return fields;
    return choose(object, fields.value, client.settings.pullFields.get(object.toLowerCase()) ?? []);
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

function choose(
  object: string,
  fields: readonly FieldSummary[],
  wanted: readonly string[],
): Result<readonly string[], ConnectorError> {
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
  const chosen = new Set<string>();
  let length = 0;
  // Custom fields last: where not all of them fit, those that the connection names are sure to be there.
  for (const name of [...PULL_STAMPS, ...(USUAL_FIELDS[object] ?? []), ...wanted, ...custom]) {
    const field = visible.get(name.toLowerCase());
    if (field === undefined || chosen.has(field) || length + field.length > MAX_FIELDS_LENGTH) continue;
    chosen.add(field);
    length += field.length + 1;
  }
  return ok([...chosen]);
}
