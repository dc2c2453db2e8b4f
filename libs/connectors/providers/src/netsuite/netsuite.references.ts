import { LRUCache } from 'lru-cache';
import { type ConnectorError } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { isMembers, itemsOf, textOf, type Members } from './netsuite.json';
import { restItemType } from './netsuite.operation';
import { invalid } from './netsuite.record';
import { idLiteral, isRefusedQuery, queryRows } from './netsuite.suiteql';

/** An administrator who adds a currency waits no longer than this. */
const FRESH_MS = 10 * 60 * 1000;

type Ids = ReadonlyMap<string, string>;

/** Internal ids of what mappings know by other names. Kept per connection, because each account has its own. */
export class References {
  private readonly lists = new LRUCache<string, Ids>({ max: 2_000, ttl: FRESH_MS });
  private readonly itemTypes = new LRUCache<string, string>({ max: 20_000 });

  /**
   * Puts ids in place of `{"symbol": "EUR"}` (currencies) and `{"daysUntilNetDue": 30}` (terms).
   * @returns a refusal that names the field for a currency or terms that the account does not have.
   */
  async resolve(client: NetSuiteClient, members: Members): Promise<Result<Members, ConnectorError>> {
    const resolved: Members = { ...members };
    for (const [name, list] of [
      ['currency', CURRENCIES],
      ['terms', TERMS],
    ] as const) {
      const found = await this.replace(client, list, resolved[name], name);
      if (!found.ok) return found;
      if (found.value === undefined) delete resolved[name];
      else resolved[name] = found.value;
    }
    const prices = itemsOf(resolved['price']);
    if (prices === null) return ok(resolved);
    const items: Members[] = [];
    for (const [index, line] of prices.entries()) {
      const path = `price.items[${index}].currencyPage`;
      const page = await this.replace(client, CURRENCIES, line['currencyPage'], path);
      if (!page.ok) return page;
      const { currencyPage: _symbol, ...rest } = line;
      items.push(page.value === undefined ? rest : { ...rest, currencyPage: page.value });
    }
    return ok({ ...resolved, price: { ...(resolved['price'] as Members), items } });
  }

  /** Record type of an item that is there. Null when SuiteQL does not find it, or knows a type that the hub does not. */
  async itemType(client: NetSuiteClient, id: string): Promise<Result<string | null, ConnectorError>> {
    const key = `${client.cacheKey} ${id}`;
    const known = this.itemTypes.get(key);
    if (known !== undefined) return ok(known);
    const page = await queryRows(client, `SELECT itemtype, subtype FROM item WHERE id = ${idLiteral(id)}`);
    if (!page.ok) return page;
    const [row] = page.value.rows;
    const type = restItemType(textOf(row?.['itemtype']) ?? '', textOf(row?.['subtype']));
    if (type !== null) this.itemTypes.set(key, type);
    return ok(type);
  }

  private async replace(
    client: NetSuiteClient,
    list: List,
    given: unknown,
    path: string,
  ): Promise<Result<unknown, ConnectorError>> {
    if (!isMembers(given) || given['id'] !== undefined) return ok(given);
    const name = textOf(given[list.key]) ?? (typeof given[list.key] === 'number' ? String(given[list.key]) : null);
    if (name === null) return ok(given);
    const ids = await this.idsOf(client, list);
    if (!ids.ok) {
      // An account with one currency has no list of them, and no field for it either.
      const isOnly = list === CURRENCIES && name === (client.settings.config.default_currency ?? 'USD');
      return isRefusedQuery(ids.error) && isOnly ? ok(undefined) : ids;
    }
    const id = ids.value.get(name.toUpperCase());
    if (id !== undefined) return ok({ id });
    return invalid('unknown_reference', `The account has no ${list.words} ${name}`, [path]);
  }

  private async idsOf(client: NetSuiteClient, list: List): Promise<Result<Ids, ConnectorError>> {
    const key = `${client.cacheKey} ${list.table}`;
    const known = this.lists.get(key);
    if (known !== undefined) return ok(known);
    const { column, table } = list;
    const page = await queryRows(client, `SELECT id, ${column} AS name FROM ${table} ORDER BY id DESC`);
    if (!page.ok) return page;
    // Of several with one name the oldest: what people add later is mostly for one purpose.
    const ids: Ids = new Map(
      page.value.rows.flatMap(({ id, name }) => {
        const [internalId, text] = [textOf(id), textOf(name)];
        return internalId === null || text === null ? [] : [[text.toUpperCase(), internalId] as const];
      }),
    );
    this.lists.set(key, ids);
    return ok(ids);
  }
}

interface List {
  readonly table: string;
  readonly column: string;
  /** Member of the payload's reference that says which. */
  readonly key: string;
  readonly words: string;
}

const CURRENCIES: List = { table: 'currency', column: 'symbol', key: 'symbol', words: 'currency' };
const TERMS: List = {
  table: 'term',
  column: 'daysuntilnetdue',
  key: 'daysUntilNetDue',
  words: 'payment terms of days:',
};
