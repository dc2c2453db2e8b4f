import { z } from 'zod';
import { type HubClient } from '../hub-client';
import { type TenantAccounts } from './sandbox-accounts';
import { ADDRESS_MEMBERS, seedConnections, type SeedAddresses, type SeedConnection } from './seed-connections';
import { type SeedMapping } from './seed-mappings';
import { type SeedTenant } from './seed-plan';

const NAMED = z.object({ id: z.string(), name: z.string() });
const CONNECTION = NAMED.extend({ config: z.record(z.string(), z.unknown()) });
const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable().optional() });
const CREATED = z.object({ id: z.string() });

/**
 * Connections, mappings and routes by name.
 * @param isSeeded nothing is created any more: what is missing was deleted by a person
 */
export async function seedConfiguration(
  client: HubClient,
  plan: SeedTenant,
  accounts: TenantAccounts,
  addresses: SeedAddresses,
  isSeeded: boolean,
): Promise<void> {
  const ids = new Map<string, string | null>();
  for (const wanted of seedConnections(plan, accounts, addresses))
    ids.set(wanted.connector, await ensureConnection(client, wanted, isSeeded));
  const [salesforce, http] = [ids.get('salesforce') ?? null, ids.get('http') ?? null];
  if (isSeeded || salesforce === null || http === null) return;
  const mappings = new Map(
    (await list(client, '/v1/mappings', NAMED)).map((mapping) => [mapping.name, mapping.id] as const),
  );
  const routes = new Set((await list(client, '/v1/routes', NAMED)).map(({ name }) => name));
  for (const route of plan.routes) {
    if (routes.has(route.name)) continue;
    await client.demand('POST', '/v1/routes', {
      name: route.name,
      event_type: route.event_type,
      ...(route.filter === undefined ? {} : { filter: route.filter }),
      connection_id: route.connection === 'salesforce' ? salesforce : http,
      operation: route.operation,
      mapping_id: route.mapping === null ? null : await ensureMapping(client, mappings, route.mapping),
      enabled: true,
    });
  }
}

/** @returns the id; null when a person has deleted it */
async function ensureConnection(client: HubClient, wanted: SeedConnection, isSeeded: boolean): Promise<string | null> {
  const found = (await list(client, '/v1/connections', CONNECTION)).find(({ name }) => name === wanted.name);
  if (found === undefined) {
    return isSeeded ? null : CREATED.parse(await client.demand('POST', '/v1/connections', wanted)).id;
  }
  const config = withAddresses(found.config, wanted.config);
  // Another port is another host to the hub: what it keeps does not go there, so it is given along.
  const { credentials } = wanted;
  if (config !== null) await client.demand('PATCH', `/v1/connections/${found.id}`, { config, credentials });
  return found.id;
}

/**
 * The config with the sandbox's address of today, null when it has it already. Addresses that do not point at this
 * machine were set by a person and stay.
 */
export function withAddresses(
  current: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  const changed: Record<string, unknown> = { ...current };
  let hasChanged = false;
  for (const name of ADDRESS_MEMBERS) {
    const [now, next] = [current[name], wanted[name]];
    if (typeof now !== 'string' || typeof next !== 'string' || now === next) continue;
    const path = (address: string): string => address.replace(/^http:\/\/127\.0\.0\.1:\d+/, '');
    // Another path is a person's choice too, only the port is ours.
    if (path(now) === now || path(now) !== path(next)) continue;
    changed[name] = next;
    hasChanged = true;
  }
  return hasChanged ? changed : null;
}

async function ensureMapping(client: HubClient, known: Map<string, string>, mapping: SeedMapping): Promise<string> {
  const found = known.get(mapping.name);
  if (found !== undefined) return found;
  const { id } = CREATED.parse(await client.demand('POST', '/v1/mappings', mapping));
  known.set(mapping.name, id);
  return id;
}

async function list<T extends z.ZodType>(client: HubClient, path: string, item: T): Promise<z.output<T>[]> {
  const found: z.output<T>[] = [];
  const page = pageOf(item);
  for (let cursor: string | null = null; ;) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const parsed = page.parse(await client.demand('GET', `${path}?limit=200${query}`));
    found.push(...parsed.data);
    if (parsed.next_cursor == null) return found;
    cursor = parsed.next_cursor;
  }
}
