import { type ConnectorManifest, type OperationManifest } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { ADVICE } from './erp.advice';
import { ERP_CONFIG_SCHEMA } from './erp.config-schema';
import { ERP_PULL } from './erp.pull-objects';

export const DEFAULT_TIMEOUT_MS = 60_000;
/** Systems of this kind are licensed for one to five sessions, and people work in them too. */
export const DEFAULT_CONCURRENCY = 1;
export const MAX_CONCURRENCY = 5;

const pem = (title: string, description: string): JsonObject => ({
  type: 'string',
  title,
  description,
  format: 'password',
  writeOnly: true,
  pattern: '^-----BEGIN [A-Z0-9 ]+-----[\\s\\S]+-----END [A-Z0-9 ]+-----\\s*$',
  maxLength: 16_000,
});

const CREDENTIALS_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  dependentRequired: {
    username: ['password'],
    password: ['username'],
    certificate: ['private_key'],
    private_key: ['certificate'],
    passphrase: ['private_key'],
  },
  properties: {
    username: { type: 'string', title: 'User', minLength: 1, maxLength: 200 },
    password: {
      type: 'string',
      title: 'Password',
      format: 'password',
      writeOnly: true,
      minLength: 1,
      maxLength: 500,
    },
    certificate: pem('Client certificate', 'PEM, with its chain.'),
    private_key: pem('Private key of the client certificate', 'PEM.'),
    passphrase: {
      type: 'string',
      title: 'Passphrase of the private key',
      format: 'password',
      writeOnly: true,
      minLength: 1,
      maxLength: 500,
    },
  },
};

function operation(id: string, title: string, description: string): OperationManifest {
  return { id, title, description, batchSize: 1, idempotency: 'request_key' };
}

const UPSERT =
  'With its number (or a reference that the system knows) it is changed, member by member; without, it is made.';
const CREATE = 'Makes it, unless the reference is taken. A repeat makes none.';
const UPDATE = 'Changes what is given of an existing one, by number or reference, and never makes one.';

export const ERP_MANIFEST: ConnectorManifest = {
  id: 'erp',
  name: 'ERP (SOAP)',
  description:
    'Customers, invoices, orders and payments of an ERP that speaks SOAP 1.1 alone. Changes are found by polling that keeps to the limits of the system.',
  documentationUrl: 'https://www.w3.org/TR/2000/NOTE-SOAP-20000508/',
  authKinds: ['ws_security', 'basic', 'client_certificate'],
  configSchema: ERP_CONFIG_SCHEMA,
  credentialsSchema: CREDENTIALS_SCHEMA,
  addresses: ['/config/endpoint'],
  operations: [
    operation('customer.upsert', 'Create or update a customer', UPSERT),
    operation('customer.create', 'Create a customer', CREATE),
    operation('customer.update', 'Update a customer', UPDATE),
    operation('customer.deactivate', 'Block a customer', 'Sets Blocked to Y, by number or reference.'),
    operation('invoice.upsert', 'Create or update an invoice', UPSERT),
    operation('invoice.create', 'Create an invoice', CREATE),
    operation('invoice.update', 'Update an invoice', UPDATE),
    operation('invoice.deactivate', 'Cancel an invoice', 'Sets the status CANCELLED, by number or reference.'),
    {
      ...operation(
        'order.create',
        'Book an order',
        'The contract has one document for what a customer owes: an order is booked as an open invoice. A repeat books none.',
      ),
      writes: 'Invoice',
    },
    operation(
      'payment.create',
      'Post a payment',
      'Posts it with its allocations. Posting is final; a repeat posts none.',
    ),
  ],
  pull: ERP_PULL,
  limits: { defaultConcurrency: DEFAULT_CONCURRENCY, maxConcurrency: MAX_CONCURRENCY, timeoutMs: DEFAULT_TIMEOUT_MS },
  advice: ADVICE,
  capabilities: { describe: true, refresh: false },
};
