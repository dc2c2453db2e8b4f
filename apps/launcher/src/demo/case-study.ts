import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type DevFileContent } from '../data-folder/dev-file';
import { HubClient } from '../hub-client';
import { LauncherError } from '../launcher-error';
import { type Vendor } from '../settings/launcher-settings';
import { CaseStudySandbox, type VendorRow } from './case-study-sandbox';
import { renderTable } from './table';

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;
const CONNECTIONS = z.object({ data: z.array(z.object({ id: z.string(), name: z.string(), connector: z.string() })) });
const RECIPES = z.object({ data: z.array(z.object({ id: z.string(), object: z.string(), operation: z.string() })) });
/** Customers as the ERP has them, into Salesforce. */
const ERP_CUSTOMERS = 'erp.customer:salesforce.customer.outbound';
const SYNCS = z.object({
  data: z.array(z.object({ id: z.string(), connection_id: z.string(), last_success_at: z.string().nullable() })),
});

/** One change, seen in one system. */
export interface Step {
  readonly what: string;
  readonly where: string;
  readonly found: string;
  readonly ms: number | null;
}

/**
 * A sale that is won in Salesforce becomes a customer and an invoice in QuickBooks and NetSuite and an order in the ERP; what is paid
 * in QuickBooks shows on the opportunity; what is changed in the ERP, which is polled, comes to Salesforce. Everything through the public API and ready-made mappings; people's part, signing
 * in at the vendors and changing records there, is played by the sandbox.
 * @returns whether every step arrived
 */
export async function runCaseStudy(dev: DevFileContent): Promise<boolean> {
  const study = await preparedStudy(dev);
  const customer = newCustomer();
  const steps = [...(await playSale(study.sandbox, customer)), await playErpChange(study, customer)];
  console.log(
    `\nThe case study, from the change in one system to the record in the next:\n\n${renderTable(
      [{ title: 'change' }, { title: 'arrived in' }, { title: 'as' }, { title: 'ms', align: 'right' }],
      steps.map(({ what, where, found, ms }) => [what, where, found, ms === null ? 'not yet' : ms.toFixed(0)]),
    )}`,
  );
  return steps.every(({ ms }) => ms !== null);
}

export interface CaseStudy {
  readonly sandbox: CaseStudySandbox;
  /** Looks for changes in the ERP at once, as happens every minute. */
  readonly pollErp: () => Promise<unknown>;
}

/** The tenant is connected, its recipes are applied, and its syncs have begun: the sale may come. */
export async function preparedStudy(dev: DevFileContent): Promise<CaseStudy> {
  const tenant = dev.tenants.find(({ slug }) => slug === 'acme');
  if (tenant === undefined)
    throw new LauncherError('the hub has no tenant acme', 'It was deleted; start with a new HUB_DATA_DIR.');
  const sandbox = new CaseStudySandbox(dev);
  const pollErp = await prepare(new HubClient(dev.api_url, tenant.api_key), dev, sandbox);
  return { sandbox, pollErp };
}

/** Connections of its own, because signing in again would take the seeded ones' place. */
async function prepare(hub: HubClient, dev: DevFileContent, sandbox: CaseStudySandbox): Promise<CaseStudy['pollErp']> {
  const { data } = CONNECTIONS.parse(await hub.demand('GET', '/v1/connections?limit=200'));
  const seeded = (vendor: Vendor): string => {
    const found = data.find(({ name, connector }) => connector === vendor && !name.startsWith('Case study'));
    if (found === undefined)
      throw new LauncherError(`acme has no connection to ${vendor}`, 'It was deleted by somebody.');
    return found.id;
  };
  const signedIn = async (vendor: 'salesforce' | 'quickbooks', config: object): Promise<string> => {
    const name = `Case study: ${vendor}`;
    const known = data.find((connection) => connection.name === name)?.id;
    const id =
      known ??
      z
        .object({ id: z.string() })
        .parse(await hub.demand('POST', '/v1/connections', { name, connector: vendor, config })).id;
    const { authorize_url: url } = z
      .object({ authorize_url: z.string() })
      .parse(await hub.demand('POST', `/v1/connections/${id}/authorize`));
    await sandbox.signIn(vendor, url);
    return id;
  };
  const ids = {
    salesforce: await signedIn('salesforce', {}),
    quickbooks: await signedIn('quickbooks', { environment: 'sandbox', default_item_id: '1', income_account_id: '5' }),
    netsuite: seeded('netsuite'),
    erp: seeded('erp'),
  };
  for (const target of ['quickbooks', 'netsuite', 'erp'] as const)
    // NetSuite could take the sale as an order too; one of the two is enough.
    await apply(
      hub,
      ids.salesforce,
      ids[target],
      ({ object, operation }) => object === 'Opportunity' && operation !== 'order.upsert',
    );
  await apply(hub, ids.quickbooks, ids.salesforce, ({ operation }) => operation === 'opportunity.update');
  await apply(hub, ids.erp, ids.salesforce, ({ id }) => id === ERP_CUSTOMERS);
  const { url } = z
    .object({ url: z.string() })
    .parse(await hub.demand('POST', `/v1/connections/${ids.salesforce}/hook`));
  await sandbox.callHooks(url, `${dev.api_url}/hooks/quickbooks/sandbox`);
  // A cursor from now on is what the first pull finds; the sale has to come after it.
  const pulled = [ids.salesforce, ids.quickbooks, ids.erp];
  const syncs = await until(async () => {
    const { data: all } = SYNCS.parse(await hub.demand('GET', '/v1/syncs?limit=200'));
    const found = all.filter(({ connection_id: id }) => pulled.includes(id));
    const begun = found.filter(({ last_success_at: at }) => at !== null);
    return new Set(begun.map(({ connection_id: id }) => id)).size === pulled.length ? found : null;
  });
  const erp = syncs?.find(({ connection_id: id }) => id === ids.erp)?.id;
  if (erp === undefined) throw new LauncherError('the syncs have not begun', 'The log of the worker says more.');
  return () => hub.demand('POST', `/v1/syncs/${erp}/run`, { mode: 'changes' });
}

async function apply(
  hub: HubClient,
  source: string,
  target: string,
  isWanted: (recipe: { id: string; object: string; operation: string }) => boolean,
): Promise<void> {
  const pair = `source_connection_id=${source}&target_connection_id=${target}`;
  const recipes = RECIPES.parse(await hub.demand('GET', `/v1/recipes?${pair}`)).data.filter(isWanted);
  if (recipes.length === 0) return;
  await hub.demand('POST', '/v1/recipes/apply', {
    source_connection_id: source,
    target_connection_id: target,
    recipe_ids: recipes.map(({ id }) => id),
  });
}

export function newCustomer(): string {
  return `Ada Generators ${randomBytes(3).toString('hex')}`;
}

/** One sale, from the change of its stage to its payment. */
export async function playSale(sandbox: CaseStudySandbox, name = newCustomer()): Promise<readonly Step[]> {
  const opportunity = await sandbox.openSale(name);
  const won = performance.now();
  await sandbox.winSale(opportunity);
  const arrives = async (
    what: string,
    since: number,
    where: string,
    look: () => Promise<VendorRow | null>,
    show: (row: VendorRow) => string,
  ): Promise<Step & { readonly row: VendorRow | null }> => {
    const row = await until(look);
    const ms = row === null ? null : performance.now() - since;
    return { what, where, found: row === null ? '–' : show(row), ms, row };
  };
  const sale = 'sale won in Salesforce';
  const text = (row: VendorRow, member: string): string => {
    const value = row[member];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const [customer, invoice, ...others] = await Promise.all([
    arrives(
      sale,
      won,
      'QuickBooks',
      () => sandbox.find('quickbooks', 'Customer', name),
      (row) => `customer ${text(row, 'Id')}`,
    ),
    arrives(
      sale,
      won,
      'QuickBooks',
      () => sandbox.find('quickbooks', 'Invoice', opportunity),
      (row) => `invoice ${text(row, 'DocNumber')} over ${text(row, 'TotalAmt')}`,
    ),
    arrives(
      sale,
      won,
      'NetSuite',
      () => sandbox.find('netsuite', 'customer', name),
      (row) => `customer ${text(row, 'id')}`,
    ),
    arrives(
      sale,
      won,
      'NetSuite',
      () => sandbox.find('netsuite', 'invoice', opportunity),
      (row) => `invoice ${text(row, 'id')}`,
    ),
    arrives(
      sale,
      won,
      'ERP',
      () => sandbox.find('erp', 'Customer', name),
      (row) => `customer ${text(row, 'key')}`,
    ),
    arrives(
      sale,
      won,
      'ERP',
      () => sandbox.find('erp', 'Invoice', opportunity),
      (row) => `order ${text(row, 'key')}`,
    ),
  ]);
  if (customer?.row == null || invoice?.row == null)
    return [customer, invoice, ...others].flatMap((step) => step ?? []);
  const paid = performance.now();
  await sandbox.pay(customer.row, invoice.row);
  const back = await arrives(
    'payment in QuickBooks',
    paid,
    'Salesforce',
    async () => {
      const row = await sandbox.find('salesforce', 'Opportunity', opportunity);
      return row !== null && Number(row['Paid_Amount__c']) > 0 ? row : null;
    },
    (row) => `${text(row, 'Paid_Amount__c')} paid on the opportunity`,
  );
  return [customer, invoice, ...others, back];
}

/** Somebody corrects a telephone number in the ERP, which cannot push. */
async function playErpChange({ sandbox, pollErp }: CaseStudy, customer: string): Promise<Step> {
  const step = { what: 'customer changed in the ERP', where: 'Salesforce', found: '–', ms: null };
  const record = await until(() => sandbox.find('erp', 'Customer', customer));
  if (record === null) return step;
  const phone = `+49 221 55${randomInt(1_000, 9_999)}`;
  const changed = performance.now();
  await sandbox.changeErpCustomer(record, { Phone: phone });
  await pollErp();
  const row = await until(() => sandbox.find('salesforce', 'Account', phone));
  return row === null ? step : { ...step, found: `telephone ${phone}`, ms: performance.now() - changed };
}

async function until<T>(look: () => Promise<T | null>): Promise<T | null> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null || performance.now() > deadline) return found;
    await pause(LOOK_EVERY_MS);
  }
}
