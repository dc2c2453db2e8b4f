import { itemsOf, textOf, type Members } from './netsuite.json';
import { isEntity, isItem } from './netsuite.operation';
import { type NetSuiteConfig } from './netsuite.settings';

const SALES = new Set(['invoice', 'salesOrder', 'estimate', 'cashSale']);

/** What a record needs and a mapping need not know: it is the connection that says it. */
export function complete(type: string, members: Members, config: NetSuiteConfig, isNew: boolean): Members {
  const completed: Members = { ...members };
  put(completed, 'customForm', config.custom_forms?.[type]);
  if (SALES.has(type)) completeLines(completed, config);
  if (!isNew) return completed;
  if (isEntity(type)) {
    put(completed, 'subsidiary', config.subsidiary_id);
    if (config.entity_names === 'name' && type !== 'contact') completed['entityId'] ??= nameOf(completed);
  }
  if (isItem(type)) completeItem(type, completed, config);
  if (SALES.has(type)) put(completed, 'location', config.default_location_id);
  if (type === 'customerPayment') put(completed, 'account', config.deposit_account_id);
  return completed;
}

function completeItem(type: string, item: Members, config: NetSuiteConfig): void {
  put(item, 'incomeAccount', config.income_account_id);
  put(item, 'taxSchedule', config.tax_schedule_id);
  if (config.subsidiary_id !== undefined) item['subsidiary'] ??= { items: [{ id: config.subsidiary_id }] };
  if (type !== 'inventoryItem' && type !== 'assemblyItem') return;
  put(item, 'cogsAccount', config.cogs_account_id);
  put(item, 'assetAccount', config.asset_account_id);
}

function completeLines(sale: Members, config: NetSuiteConfig): void {
  const lines = itemsOf(sale['item']);
  if (lines === null) return;
  const completed = lines.map((line) => {
    const copy: Members = { ...line };
    // A line that names its own place changes one that is there.
    if (copy['line'] === undefined) {
      put(copy, 'item', config.default_item_id);
      put(copy, 'taxCode', config.default_tax_code_id);
    }
    return copy;
  });
  sale['item'] = { ...(sale['item'] as Members), items: completed };
}

function put(members: Members, name: string, id: string | undefined): void {
  if (id !== undefined) members[name] ??= { id };
}

function nameOf(entity: Members): string | undefined {
  const person = [entity['firstName'], entity['lastName']].flatMap((part) => textOf(part) ?? []).join(' ');
  return textOf(entity['companyName']) ?? (person === '' ? undefined : person);
}

/** Beside them, lines have keys of several members, by which a repeat finds them again. */
const MERGED = new Set(['addressBook', 'price', 'currencyList']);
const REFERENCE = new Set(['id', 'refName', 'externalId', 'links']);

/**
 * Sublists that the payload is to replace. Lines without a key of their own are otherwise added to those that are there,
 * so that a repeat of the same call would double them.
 */
export function replacedSublists(members: Members): readonly string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    const lines = MERGED.has(name) ? null : itemsOf(value);
    if (lines === null || lines.some((line) => line['line'] !== undefined)) return [];
    // A multiple choice looks much the same, but holds nothing but references, and is replaced anyway.
    const isSublist = lines.some((line) => Object.keys(line).some((member) => !REFERENCE.has(member)));
    return isSublist ? [name] : [];
  });
}

/**
 * Addresses that are default for the same as one that is there become changes of it: without the key of its line each
 * update would add one more, and replacing the list would throw away what people have entered.
 */
export function mergeAddresses(given: unknown, present: unknown): unknown {
  const lines = itemsOf(given);
  const known = itemsOf(present) ?? [];
  if (lines === null) return given;
  const taken = new Set<unknown>();
  const merged = lines.map((line) => {
    if (line['id'] !== undefined) return line;
    const match = known.find(
      (other) => !taken.has(other['id']) && DEFAULTS.some((flag) => line[flag] === true && other[flag] === true),
    );
    if (match?.['id'] === undefined) return line;
    taken.add(match['id']);
    return { ...line, id: match['id'] };
  });
  return { ...(given as Members), items: merged };
}

const DEFAULTS = ['defaultBilling', 'defaultShipping'];
