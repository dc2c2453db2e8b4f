import { type ConnectorManifest, type OperationManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { ADVICE } from './salesforce.advice';
import { SALESFORCE_PULL } from './salesforce.pull-objects';
import { type InactiveField } from './salesforce.settings';
import { OBJECT_ALIASES, VERBS, type Verb } from './salesforce.operation';

/** Most records of one sObject Collections call. */
export const COLLECTION_SIZE = 200;
/** Most records that are taken at once: ten collections, or one bulk job. */
export const BATCH_SIZE = 2_000;
export const DEFAULT_LOGIN_URL = 'https://login.salesforce.com';
export const SANDBOX_LOGIN_URL = 'https://test.salesforce.com';
/** Pinned: jsforce's own default is 50.0. Supported by Salesforce until well after 2028. */
export const DEFAULT_API_VERSION = '62.0';
export const DEFAULT_CURRENCY = 'USD';
export const DEFAULT_EXTERNAL_ID_FIELD = 'Hub_Id__c';
/** As developer orgs come: an account has no flag of its own, but most orgs have added this one. */
export const DEFAULT_INACTIVE_FIELDS: Readonly<Record<string, InactiveField>> = {
  Account: { field: 'Active__c', value: 'No' },
  Product2: { field: 'IsActive', value: false },
  PricebookEntry: { field: 'IsActive', value: false },
};
export const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_CONCURRENCY = 2;
const MAX_CONCURRENCY = 10;

const ORIGIN = '^https?://[^\\s/?#{}@\\\\]+/?$';
const FIELD_NAME = '^[A-Za-z][A-Za-z0-9_]{0,79}$';

const CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    environment: {
      type: 'string',
      title: 'Environment',
      description: 'Which sign-in: a production or developer org, or a Salesforce sandbox.',
      enum: ['production', 'sandbox'],
      default: 'production',
    },
    instance_url: {
      type: 'string',
      title: 'Instance URL',
      description: 'My Domain of the org, such as https://acme.my.salesforce.com. Left out, it comes from the sign-in.',
      pattern: ORIGIN,
      maxLength: 300,
    },
    login_url: {
      type: 'string',
      title: 'Login URL',
      description:
        'My Domain login address, where the org wants it. Left out, it follows from the environment. Other hosts than ' +
        'those of Salesforce only with an app of your own.',
      pattern: ORIGIN,
      maxLength: 300,
    },
    api_version: {
      type: 'string',
      title: 'API version',
      description: '46.0 or later: before it there are no collection upserts.',
      pattern: '^(4[6-9]|[5-9][0-9]|1[0-9]{2})\\.0$',
      default: DEFAULT_API_VERSION,
    },
    external_id_field: {
      type: 'string',
      title: 'External id field',
      description: 'Custom field of type External ID, unique, by which records are matched.',
      pattern: FIELD_NAME,
      default: DEFAULT_EXTERNAL_ID_FIELD,
    },
    external_id_fields: {
      type: 'object',
      title: 'External id field of single objects',
      description: 'By API name of the object, such as {"Account": "ERP_Id__c"}.',
      maxProperties: 200,
      propertyNames: { pattern: FIELD_NAME },
      additionalProperties: { type: 'string', pattern: FIELD_NAME },
    },
    inactive_fields: {
      type: 'object',
      title: 'How records are set inactive',
      description: 'By API name of the object, such as {"Account": {"field": "Active__c", "value": "No"}}.',
      maxProperties: 50,
      propertyNames: { pattern: FIELD_NAME },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['field', 'value'],
        properties: {
          field: { type: 'string', pattern: FIELD_NAME },
          value: { type: ['string', 'boolean'], maxLength: 255 },
        },
      },
    },
    default_currency: {
      type: 'string',
      title: 'Currency',
      description: 'Of amounts, in an org that has only one and therefore never says which.',
      pattern: '^[A-Z]{3}$',
      default: DEFAULT_CURRENCY,
    },
    pull_fields: {
      type: 'object',
      title: 'More fields to pull',
      description: 'By API name of the object. The usual fields and all custom ones are pulled anyway.',
      maxProperties: 20,
      propertyNames: { pattern: FIELD_NAME },
      additionalProperties: { type: 'array', maxItems: 200, items: { type: 'string', pattern: FIELD_NAME } },
    },
    allow_duplicates: {
      type: 'boolean',
      title: 'Save in spite of duplicate rules',
      description: 'Sends allowSave=true, so that duplicate rules that allow it only warn.',
      default: false,
    },
    timeout_ms: {
      type: 'integer',
      title: 'Time limit in ms',
      minimum: 1000,
      maximum: 120_000,
      default: DEFAULT_TIMEOUT_MS,
    },
    bulk_threshold: {
      type: 'integer',
      title: 'Records for a bulk job',
      description: 'From so many records of one object that wait at once, they go as one Bulk API 2.0 job.',
      minimum: COLLECTION_SIZE + 1,
      maximum: BATCH_SIZE,
      default: BATCH_SIZE,
    },
    concurrency: {
      type: 'integer',
      title: 'Calls at once',
      description:
        'Salesforce allows few long calls at once (5 in trial orgs), and parallel writes below one account lock each other out.',
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
  required: ['refresh_token'],
  // A secret without its app, or with the hub's, would only fail later.
  dependentRequired: { client_secret: ['client_id'] },
  properties: {
    client_id: {
      type: 'string',
      title: 'Consumer key of an own app',
      description: "Left out, the hub's app is used.",
      minLength: 1,
      maxLength: 500,
    },
    client_secret: secret('Consumer secret'),
    refresh_token: secret('Refresh token'),
    access_token: secret('Access token'),
    instance_url: { type: 'string', title: 'Instance URL of the sign-in', pattern: ORIGIN, maxLength: 300 },
    issued_at: { type: 'string', title: 'When the access token was issued, ms', pattern: '^[0-9]{1,16}$' },
    user_id: { type: 'string', title: 'User of the sign-in', pattern: '^[0-9A-Za-z]{18}$' },
  },
};

const VERB_TEXT: Readonly<Record<Verb, string>> = {
  upsert: 'Creates or updates by external id: the field in the payload, else the subject of the event.',
  create:
    'Creates by external id (the field in the payload, else a key of the delivery), so that a repeat changes the record ' +
    'instead of doubling it. A record that has the id already is updated.',
  update: 'Updates by Id or by external id, and never creates.',
  deactivate: 'Marks as no longer in use, by Id or by external id, with the field that is configured for the object.',
};

function operation(object: string, title: string, verb: Verb): OperationManifest {
  return {
    id: `${object}.${verb}`,
    title: `${title}: ${verb}`,
    description: VERB_TEXT[verb],
    batchSize: BATCH_SIZE,
    idempotency: 'external_id',
  };
}

export const SALESFORCE_MANIFEST: ConnectorManifest = {
  id: 'salesforce',
  name: 'Salesforce',
  description:
    'Any object of a Salesforce org, matched by external id, 200 records a call or in bulk; changes of accounts, contacts, ' +
    'opportunities and products.',
  documentationUrl: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/',
  authKinds: ['oauth2_code'],
  configSchema: CONFIG_SCHEMA,
  credentialsSchema: CREDENTIALS_SCHEMA,
  addresses: ['/config/instance_url', '/config/login_url', '/credentials/instance_url'],
  operations: [
    ...Object.entries(OBJECT_ALIASES).flatMap(([alias, object]) => VERBS.map((verb) => operation(alias, object, verb))),
    ...VERBS.map((verb) => operation('*', 'Any object, by API name', verb)),
  ],
  pull: SALESFORCE_PULL,
  limits: { defaultConcurrency: DEFAULT_CONCURRENCY, maxConcurrency: MAX_CONCURRENCY, timeoutMs: DEFAULT_TIMEOUT_MS },
  advice: ADVICE,
  capabilities: { describe: true, refresh: true },
};
