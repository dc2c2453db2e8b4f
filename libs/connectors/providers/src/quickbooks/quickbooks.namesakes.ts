import { type RecordOutcome } from '@hub/connector-sdk';
import { type QuickBooksClient } from './quickbooks.client';
import { type Entity } from './quickbooks.entities';
import { literal, queryEntities } from './quickbooks.lookup';
import { type Members, type PreparedRecord } from './quickbooks.record';

/** Names are given once to all of these together. */
const PARTIES = ['Customer', 'Vendor', 'Employee'] as const;
const TAKEN = '6240';
/** A slice of nothing but duplicates is a first sync into a company that is not empty: a few names are enough to see it. */
const MOST_NAMES = 100;

/**
 * QuickBooks says that a name is taken, and not by whom. Whoever has it is looked up and named in the refusals, because a
 * person has to decide whether it is the same. A look-up that fails leaves them as they are.
 */
export async function nameNamesakes(
  client: QuickBooksClient,
  entity: Entity,
  records: readonly PreparedRecord[],
  outcomes: RecordOutcome[],
): Promise<void> {
  const refused = records.flatMap(({ index, members }) => {
    const outcome = outcomes[index];
    const name = nameOf(entity, members);
    return outcome?.ok === false && outcome.error.code === TAKEN && name !== null ? [{ index, outcome, name }] : [];
  });
  if (refused.length === 0) return;
  const owners = await ownersOf(client, entity, [...new Set(refused.map(({ name }) => name))].slice(0, MOST_NAMES));
  for (const { index, outcome, name } of refused) {
    const owner = owners.get(name.toLowerCase());
    if (owner === undefined) continue;
    const message = `${outcome.error.message} It is the name of ${owner}.`;
    outcomes[index] = { ...outcome, error: client.settings.recorder.cleanError({ ...outcome.error, message }) };
  }
}

/** @returns by name in small letters, in words: `vendor 58 (inactive)`. */
async function ownersOf(
  client: QuickBooksClient,
  entity: Entity,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const member = entity === 'Item' ? 'Name' : 'DisplayName';
  const owners = new Map<string, string>();
  for (const kind of entity === 'Item' ? (['Item'] as const) : PARTIES) {
    const list = names.map(literal).join(', ');
    const found = await queryEntities(
      client,
      kind,
      `SELECT Id, ${member}, Active FROM ${kind} WHERE ${member} IN (${list}) AND Active IN (true, false) MAXRESULTS 1000`,
    );
    if (!found.ok) break;
    for (const { Id: id, [member]: name, Active: active } of found.value) {
      if (typeof id !== 'string' || typeof name !== 'string') continue;
      owners.set(name.toLowerCase(), `${kind.toLowerCase()} ${id}${active === false ? ' (inactive)' : ''}`);
    }
  }
  return owners;
}

function nameOf(entity: Entity, members: Members): string | null {
  const name = members[entity === 'Item' ? 'Name' : 'DisplayName'];
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}
