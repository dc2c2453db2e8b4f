import { type PullObjectManifest } from '@hub/connector-sdk';

function pulled(
  name: string,
  title: string,
  canonicalType: PullObjectManifest['canonicalType'],
  description: string,
): PullObjectManifest {
  return {
    name,
    title,
    description,
    canonicalType,
    reportsDeletions: true,
    // A nightly batch that rewrites every row changes nothing else.
    volatileFields: ['RowVersion', 'ModifiedOn'],
    minIntervalSeconds: 10,
    defaultIntervalSeconds: 60,
  };
}

const FOUND_BY_POLLING =
  'Deletions are found at once where the system lists them, and else by the full listing: have one made each night.';

export const ERP_PULL: readonly PullObjectManifest[] = [
  pulled('Customer', 'Customers', 'customer', `Changed and deleted customers. ${FOUND_BY_POLLING}`),
  pulled('Invoice', 'Invoices', 'invoice', `Changed and deleted invoices, with their lines. ${FOUND_BY_POLLING}`),
  pulled('Payment', 'Payments', 'payment', `Posted payments, with their allocations. ${FOUND_BY_POLLING}`),
];
