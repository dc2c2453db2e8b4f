import { LRUCache } from 'lru-cache';
import { type ConnectorError, type FieldSummary } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { describeFields } from './netsuite.describe';
import { type ColumnKind, type PullColumn, type PullSpec } from './netsuite.pull-objects';

/** Asked once for many polls. A field that vanishes meanwhile costs one poll. */
const FRESH_MS = 30 * 60 * 1000;

/**
 * Which columns to ask for: a statement that names one that the account does not have, because a feature is off or the
 * hub's role may not see it, is refused as a whole.
 */
export class PullColumns {
  private readonly known = new LRUCache<string, ReadonlyMap<string, FieldSummary>>({ max: 2_000, ttl: FRESH_MS });

  forget(client: NetSuiteClient, spec: PullSpec): void {
    this.known.delete(`${client.cacheKey} ${spec.name}`);
  }

  async of(client: NetSuiteClient, spec: PullSpec): Promise<Result<readonly PullColumn[], ConnectorError>> {
    const { pull_fields: more = {}, pull_omit_fields: less = {} } = client.settings.config;
    const omitted = new Set((less[spec.name] ?? []).map(lower));
    const fields = await this.fieldsOf(client, spec);
    if (!fields.ok) return fields;
    const usual = spec.columns.filter(({ member }) => fields.value === null || fields.value.has(lower(member)));
    const taken = new Set(usual.map(({ member }) => lower(member)));
    const added = (more[spec.name] ?? [])
      .filter((name) => !taken.has(lower(name)))
      .map((name): PullColumn => {
        const field = fields.value?.get(lower(name));
        return { member: field?.name ?? name, kind: kindOf(field) };
      });
    return ok([...usual, ...added].filter(({ member }) => !omitted.has(lower(member))));
  }

  private async fieldsOf(
    client: NetSuiteClient,
    spec: PullSpec,
  ): Promise<Result<ReadonlyMap<string, FieldSummary> | null, ConnectorError>> {
    if (spec.catalog === null) return ok(null);
    const key = `${client.cacheKey} ${spec.name}`;
    const known = this.known.get(key);
    if (known !== undefined) return ok(known);
    const described = await describeFields(client, spec.catalog);
    if (!described.ok) return described;
    const fields = new Map(described.value.map((field) => [lower(field.name), field]));
    this.known.set(key, fields);
    return ok(fields);
  }
}

function kindOf(field: FieldSummary | undefined): ColumnKind {
  switch (field?.type) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'reference':
      return 'reference';
    default:
      return 'text';
  }
}

function lower(name: string): string {
  return name.toLowerCase();
}
