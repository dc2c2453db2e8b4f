import { type ConnectorManifest, type OperationManifest, type PullObjectManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { ADVICE } from './quickbooks.advice';
import { BATCHES_A_MINUTE, CALLS_A_MINUTE } from './quickbooks.meter';
import { ENTITIES, isNameList, VERBS, type Alias, type Verb } from './quickbooks.entities';

/** Most items of one batch call. */
export const BATCH_ITEMS = 30;
/** Ten batches: the version tokens of all their updates are read with one query. */
const BATCH_SIZE = 300;
export const DEFAULT_TIMEOUT_MS = 120_000;
/** Ten calls a second for one company and app; batches are heavier than their number says. */
const DEFAULT_CONCURRENCY = 2;
const MAX_CONCURRENCY = 8;

const id = (title: string, description: string): JsonObject => ({
  type: 'string',
  title,
  description,
  pattern: '^[0-9]{1,20}$',
});

const CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    environment: {
      type: 'string',
      title: 'Environment',
      description: 'A real company, or a sandbox company of the developer portal.',
      enum: ['production', 'sandbox'],
      default: 'production',
    },
    default_item_id: id('Default item', 'Product or service of invoice lines that name none.'),
    income_account_id: id('Income account', 'Of products and services that are created.'),
    default_tax_code: {
      type: 'string',
      title: 'Default tax code',
      description: 'Of invoice lines that name none: NON or TAX in the United States, an id elsewhere.',
      pattern: '^[A-Za-z0-9]{1,20}$',
    },
    home_currency: {
      type: 'string',
      title: 'Home currency',
      description: 'Of amounts in a company without multi-currency, which does not say it.',
      pattern: '^[A-Z]{3}$',
      default: 'USD',
    },
    allow_duplicate_numbers: {
      type: 'boolean',
      title: 'Allow duplicate document numbers',
      default: false,
    },
    timeout_ms: {
      type: 'integer',
      title: 'Time limit in ms',
      minimum: 1000,
      maximum: DEFAULT_TIMEOUT_MS,
      default: DEFAULT_TIMEOUT_MS,
    },
    calls_per_minute: {
      type: 'integer',
      title: 'Calls a minute',
      description: 'What Intuit allows for one company; the hub waits before it is refused.',
      minimum: 10,
      maximum: 100_000,
      default: CALLS_A_MINUTE,
    },
    batches_per_minute: {
      type: 'integer',
      title: 'Batches a minute',
      description: 'Of 30 records each; what Intuit allows for one company and app.',
      minimum: 1,
      maximum: 100_000,
      default: BATCHES_A_MINUTE,
    },
    concurrency: {
      type: 'integer',
      title: 'Calls at once',
      minimum: 1,
      maximum: MAX_CONCURRENCY,
      default: DEFAULT_CONCURRENCY,
    },
  },
};

const secret = (title: string): JsonObject => ({
  type: 'string',
  title,
  format: 'password',
  writeOnly: true,
  minLength: 6,
  maxLength: 8000,
});

const CREDENTIALS_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['realm_id', 'refresh_token'],
  dependentRequired: { client_secret: ['client_id'], client_id: ['client_secret'] },
  properties: {
    realm_id: { type: 'string', title: 'Company (realm) id', pattern: '^[0-9]{1,30}$' },
    client_id: {
      type: 'string',
      title: 'Client id of an own app',
      description: "Left out, the hub's app is used.",
      minLength: 1,
      maxLength: 500,
    },
    client_secret: secret('Client secret'),
    refresh_token: secret('Refresh token'),
    access_token: secret('Access token'),
    issued_at: { type: 'integer', title: 'When the tokens were issued, ms', minimum: 0 },
    expires_at: { type: 'integer', title: 'When the access token ends, ms', minimum: 0 },
    refresh_expires_at: { type: 'integer', title: 'When the refresh token ends, ms', minimum: 0 },
  },
};

const VERB_TEXT: Readonly<Record<Verb, string>> = {
  upsert: 'Updates the entity whose Id is in the payload; without one, creates it.',
  create: 'Creates; a repeat of the same delivery gives the first answer again.',
  update: 'Changes what the payload names and leaves the rest (sparse), with the version that is current.',
  deactivate: 'Sets a customer, vendor or product inactive; voids an invoice or payment.',
};

/** New invoices and payments go one by one: of those no more are in one slice than one batch of changes has. */
function batchSizeOf(alias: Alias, verb: Verb): number {
  if (isNameList(ENTITIES[alias])) return BATCH_SIZE;
  return verb === 'create' ? 1 : verb === 'upsert' ? BATCH_ITEMS : BATCH_SIZE;
}

function operation(alias: Alias, verb: Verb): OperationManifest {
  return {
    id: `${alias}.${verb}`,
    title: `${ENTITIES[alias]}: ${verb}`,
    description: VERB_TEXT[verb],
    batchSize: batchSizeOf(alias, verb),
    idempotency: 'request_key',
  };
}

/** They move with every touch of the vendor itself, a payment applied to an invoice included. */
const VOLATILE = ['SyncToken', 'MetaData', 'domain', 'sparse', 'time'];

function pulled(alias: Alias, title: string, volatile: readonly string[] = []): PullObjectManifest {
  const entity = ENTITIES[alias];
  return {
    name: entity,
    title,
    description: isNameList(entity)
      ? `Changed ${title.toLowerCase()}; inactive ones included.`
      : `Changed, voided and deleted ${title.toLowerCase()}.`,
    canonicalType: alias,
    reportsDeletions: true,
    volatileFields: [...VOLATILE, ...volatile],
    minIntervalSeconds: 30,
    defaultIntervalSeconds: 300,
  };
}

export const QUICKBOOKS_MANIFEST: ConnectorManifest = {
  id: 'quickbooks',
  name: 'QuickBooks Online',
  description: 'Customers, vendors, products, invoices and payments of a QuickBooks Online company.',
  documentationUrl: 'https://developer.intuit.com/app/developer/qbo/docs/develop',
  authKinds: ['oauth2_code'],
  configSchema: CONFIG_SCHEMA,
  credentialsSchema: CREDENTIALS_SCHEMA,
  // The vendor's own, or the operator's.
  addresses: [],
  operations: (Object.keys(ENTITIES) as Alias[]).flatMap((alias) => VERBS.map((verb) => operation(alias, verb))),
  pull: [
    pulled('customer', 'Customers', ['Balance', 'BalanceWithJobs']),
    pulled('vendor', 'Vendors', ['Balance']),
    pulled('product', 'Products and services', ['QtyOnHand']),
    pulled('invoice', 'Invoices', ['EmailStatus', 'PrintStatus']),
    pulled('payment', 'Payments'),
  ],
  limits: { defaultConcurrency: DEFAULT_CONCURRENCY, maxConcurrency: MAX_CONCURRENCY, timeoutMs: DEFAULT_TIMEOUT_MS },
  advice: ADVICE,
  oneGrantPerAccount: true,
  capabilities: { describe: true, refresh: true },
};
