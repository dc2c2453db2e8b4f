import { type ConnectorManifest, type OperationManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { OBJECT_ALIASES, VERBS, type Verb } from './salesforce.operation';

/** Most records of one sObject Collections call. */
export const COLLECTION_SIZE = 200;
export const DEFAULT_LOGIN_URL = 'https://login.salesforce.com';
/** Pinned: jsforce's own default is 50.0. Supported by Salesforce until well after 2028. */
export const DEFAULT_API_VERSION = '62.0';
export const DEFAULT_EXTERNAL_ID_FIELD = 'Hub_Id__c';
export const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_CONCURRENCY = 2;
const MAX_CONCURRENCY = 10;

const ORIGIN = '^https?://[^\\s/?#{}@\\\\]+/?$';
const FIELD_NAME = '^[A-Za-z][A-Za-z0-9_]{0,79}$';

const CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
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
      description: 'https://test.salesforce.com for a Salesforce sandbox.',
      pattern: ORIGIN,
      maxLength: 300,
      default: DEFAULT_LOGIN_URL,
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
  required: ['client_id', 'client_secret', 'refresh_token'],
  properties: {
    client_id: { type: 'string', title: 'Consumer key', minLength: 1, maxLength: 500 },
    client_secret: secret('Consumer secret'),
    refresh_token: secret('Refresh token'),
    access_token: secret('Access token'),
    instance_url: { type: 'string', title: 'Instance URL of the sign-in', pattern: ORIGIN, maxLength: 300 },
  },
};

const VERB_TEXT: Readonly<Record<Verb, string>> = {
  upsert: 'Creates or updates by external id: the field in the payload, else the subject of the event.',
  create:
    'Creates by external id (the field in the payload, else a key of the delivery), so that a repeat changes the record ' +
    'instead of doubling it. A record that has the id already is updated.',
  update: 'Updates by Id or by external id, and never creates.',
};

function operation(object: string, title: string, verb: Verb): OperationManifest {
  return {
    id: `${object}.${verb}`,
    title: `${title}: ${verb}`,
    description: VERB_TEXT[verb],
    batchSize: COLLECTION_SIZE,
    idempotency: 'external_id',
  };
}

export const SALESFORCE_MANIFEST: ConnectorManifest = {
  id: 'salesforce',
  name: 'Salesforce',
  description: 'Any object of a Salesforce org, matched by external id, 200 records a call.',
  documentationUrl: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/',
  authKinds: ['oauth2_code'],
  configSchema: CONFIG_SCHEMA,
  credentialsSchema: CREDENTIALS_SCHEMA,
  operations: [
    ...Object.entries(OBJECT_ALIASES).flatMap(([alias, object]) => VERBS.map((verb) => operation(alias, object, verb))),
    ...VERBS.map((verb) => operation('*', 'Any object, by API name', verb)),
  ],
  limits: { defaultConcurrency: DEFAULT_CONCURRENCY, maxConcurrency: MAX_CONCURRENCY, timeoutMs: DEFAULT_TIMEOUT_MS },
  capabilities: { describe: true, refresh: true },
};
