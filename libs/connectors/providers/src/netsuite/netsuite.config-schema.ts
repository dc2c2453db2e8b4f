import { type JsonObject } from '@hub/platform';
import { ITEM_TYPES } from './netsuite.operation';

/** Scripts and workflows of the account run inside a write: seconds are usual, minutes happen. */
export const DEFAULT_TIMEOUT_MS = 120_000;
/**
 * The account's limit is over all its integrations, and is 5 in the smallest ones: two deliveries at once leave room for a
 * pull, for a person who tests the connection, and for somebody else's integration.
 */
export const DEFAULT_CONCURRENCY = 2;
export const MAX_CONCURRENCY = 50;

/** Letters that a host name may have, and the `_` of sandboxes: the id becomes part of the vendor's addresses. */
const ACCOUNT_ID = '^[A-Za-z0-9]([A-Za-z0-9_-]{0,28}[A-Za-z0-9])?$';
const INTERNAL_ID = '^-?[0-9]{1,15}$';
const RECORD_TYPE = '^[A-Za-z][A-Za-z0-9_]{0,63}$';

const internalId = (title: string, description: string): JsonObject => ({
  type: 'string',
  title,
  description: `Internal id. ${description}`,
  pattern: INTERNAL_ID,
});

const fieldsByObject = (title: string, description: string): JsonObject => ({
  type: 'object',
  title,
  description,
  maxProperties: 20,
  propertyNames: { pattern: RECORD_TYPE },
  additionalProperties: { type: 'array', maxItems: 200, items: { type: 'string', pattern: RECORD_TYPE } },
});

export const CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['account_id'],
  properties: {
    account_id: {
      type: 'string',
      title: 'Account id',
      description: 'Setup > Company > Company Information, such as 1234567 or 1234567_SB1.',
      pattern: ACCOUNT_ID,
    },
    environment: {
      type: 'string',
      title: 'Environment',
      description: "Which of the hub's integration records people sign in with.",
      enum: ['production', 'sandbox'],
      default: 'production',
    },
    api_url: {
      type: 'string',
      title: 'Own address',
      description: 'Of a proxy or a test system. Only with an integration record of your own.',
      pattern: '^https?://[^\\s/?#{}@\\\\]+/?$',
      maxLength: 300,
    },
    subsidiary_id: internalId('Subsidiary', 'Of customers, vendors, contacts and items that are created (OneWorld).'),
    default_item_id: internalId('Default item', 'Of lines that name none.'),
    default_item_type: {
      type: 'string',
      title: 'Kind of new items',
      enum: [...ITEM_TYPES],
      default: 'nonInventorySaleItem',
    },
    income_account_id: internalId('Income account', 'Of items that are created.'),
    cogs_account_id: internalId('Cost of goods sold account', 'Of inventory items that are created.'),
    asset_account_id: internalId('Asset account', 'Of inventory items that are created.'),
    tax_schedule_id: internalId('Tax schedule', 'Of items that are created.'),
    default_tax_code_id: internalId('Tax code', 'Of lines that name none.'),
    default_location_id: internalId('Location', 'Of invoices and orders that are created.'),
    deposit_account_id: internalId('Deposit account', 'Of payments. Left out, they go to undeposited funds.'),
    entity_names: {
      type: 'string',
      title: 'Names of customers and vendors',
      description: 'auto: NetSuite numbers or names them. name: the hub sends the name as entity id.',
      enum: ['auto', 'name'],
      default: 'auto',
    },
    custom_forms: {
      type: 'object',
      title: 'Forms',
      description: 'Internal ids by record type: what is not on a form is lost without a word.',
      maxProperties: 50,
      propertyNames: { pattern: RECORD_TYPE },
      additionalProperties: { type: 'string', pattern: INTERNAL_ID },
    },
    default_currency: {
      type: 'string',
      title: 'Currency',
      description: 'Of amounts in an account that has only one and therefore never says which.',
      pattern: '^[A-Z]{3}$',
      default: 'USD',
    },
    time_zone: {
      type: 'string',
      title: 'Time zone of the hub’s user',
      description: 'IANA name. Left out, it is found out by asking NetSuite for the time. UTC is the best choice.',
      maxLength: 60,
    },
    pull_fields: fieldsByObject('More fields to pull', 'By object, such as {"customer": ["custentity_region"]}.'),
    pull_omit_fields: fieldsByObject(
      'Fields not to pull',
      'By object: what NetSuite refuses to read in this account, such as {"customer": ["vatRegNumber"]}.',
    ),
    pull_deletions: {
      type: 'boolean',
      title: 'Pull deletions',
      description: 'Needs the permission Deleted Records.',
      default: true,
    },
    timeout_ms: {
      type: 'integer',
      title: 'Time limit in ms',
      minimum: 1000,
      maximum: 300_000,
      default: DEFAULT_TIMEOUT_MS,
    },
    concurrency: {
      type: 'integer',
      title: 'Calls at once',
      description: 'The account’s limit is over all its integrations. Leave one for pulls, and some for the others.',
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
const identifier = (title: string, description = ''): JsonObject => ({
  type: 'string',
  title,
  ...(description === '' ? {} : { description }),
  minLength: 1,
  maxLength: 500,
});
const moment = (title: string): JsonObject => ({ type: 'integer', title, minimum: 0 });

const needing = (...members: readonly string[]): JsonObject => ({
  required: [...members],
  properties: Object.fromEntries(members.map((member) => [member, true])),
});

export const CREDENTIALS_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  // Signed in by a person; machine to machine with a certificate; or token-based.
  anyOf: [
    needing('refresh_token'),
    needing('client_id', 'certificate_id', 'private_key'),
    needing('consumer_key', 'consumer_secret', 'token_id', 'token_secret'),
  ],
  dependentRequired: { client_secret: ['client_id', 'refresh_token'] },
  properties: {
    client_id: identifier('Client id of an own integration record', "Left out, the hub's is used for signing in."),
    client_secret: secret('Client secret'),
    refresh_token: secret('Refresh token'),
    certificate_id: identifier('Certificate id', 'Of the page OAuth 2.0 Client Credentials Setup.'),
    private_key: { ...secret('Private key of the certificate'), description: 'PEM, without a passphrase.' },
    consumer_key: identifier('Consumer key'),
    consumer_secret: secret('Consumer secret'),
    token_id: secret('Token id'),
    token_secret: secret('Token secret'),
    access_token: secret('Access token'),
    issued_at: moment('When the tokens were issued, ms'),
    expires_at: moment('When the access token ends, ms'),
    refresh_expires_at: moment('When the refresh token ends, ms'),
    clock_offset_ms: { type: 'integer', title: 'How far NetSuite’s clock is ahead of the hub’s, ms' },
  },
};
