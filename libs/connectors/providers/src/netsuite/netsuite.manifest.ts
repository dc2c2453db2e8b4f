import { type ConnectorManifest, type OperationManifest } from '@hub/connector-sdk';
import {
  CONFIG_SCHEMA,
  CREDENTIALS_SCHEMA,
  DEFAULT_CONCURRENCY,
  DEFAULT_TIMEOUT_MS,
  MAX_CONCURRENCY,
} from './netsuite.config-schema';
import { ADVICE } from './netsuite.advice';
import { ALIASES, isTransaction, VERBS, type Alias, type Verb } from './netsuite.operation';
import { NETSUITE_PULL } from './netsuite.pull-objects';

function descriptionOf(verb: Verb, isDeleted: boolean): string {
  switch (verb) {
    case 'upsert':
      return 'Changes the record whose id is in the payload; without one, creates or changes by external id.';
    case 'create':
      return (
        'Creates by external id (of the payload, else a key of the delivery), so that a repeat changes the record ' +
        'instead of doubling it. A record that has the id already is changed.'
      );
    case 'update':
      return 'Changes by id or by external id what the payload names, and never creates.';
    case 'deactivate':
      return isDeleted
        ? 'Deletes, by id or by external id, unless the period is closed or something depends on it.'
        : 'Sets inactive, by id or by external id.';
  }
}

function operation(object: string, title: string, verb: Verb, description: string): OperationManifest {
  // One call writes one record, and every call under way counts against the account's limit.
  return { id: `${object}.${verb}`, title: `${title}: ${verb}`, description, batchSize: 1, idempotency: 'external_id' };
}

export const NETSUITE_MANIFEST: ConnectorManifest = {
  id: 'netsuite',
  name: 'NetSuite',
  description:
    'Customers, vendors, contacts, items, invoices, orders and payments of a NetSuite account, and any other record type by ' +
    'its name in the REST API.',
  documentationUrl: 'https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_1540391670.html',
  authKinds: ['oauth2_code', 'oauth2_client_credentials', 'oauth1_tba'],
  configSchema: CONFIG_SCHEMA,
  credentialsSchema: CREDENTIALS_SCHEMA,
  addresses: ['/config/account_id', '/config/api_url'],
  operations: [
    ...(Object.keys(ALIASES) as Alias[]).flatMap((alias) =>
      VERBS.map((verb) => operation(alias, ALIASES[alias], verb, descriptionOf(verb, isTransaction(ALIASES[alias])))),
    ),
    ...VERBS.map((verb) =>
      operation(
        '*',
        'Any record type, by its name',
        verb,
        verb === 'deactivate'
          ? `${descriptionOf(verb, false)} Transactions: ${descriptionOf(verb, true).toLowerCase()}`
          : descriptionOf(verb, false),
      ),
    ),
  ],
  pull: NETSUITE_PULL,
  limits: { defaultConcurrency: DEFAULT_CONCURRENCY, maxConcurrency: MAX_CONCURRENCY, timeoutMs: DEFAULT_TIMEOUT_MS },
  advice: ADVICE,
  capabilities: { describe: true, refresh: true },
};
