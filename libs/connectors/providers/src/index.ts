import { type Connector } from '@hub/connector-sdk';
import { createErpConnector } from './erp/erp.connector';
import { createHttpConnector } from './http/http.connector';
import { createNetSuiteConnector } from './netsuite/netsuite.connector';
import { createQuickBooksConnector } from './quickbooks/quickbooks.connector';
import { createSalesforceConnector } from './salesforce/salesforce.connector';

export { createErpConnector } from './erp/erp.connector';
export { createHttpConnector, type HttpConnectorOptions } from './http/http.connector';
export { createNetSuiteConnector } from './netsuite/netsuite.connector';
export { createQuickBooksConnector } from './quickbooks/quickbooks.connector';
export { createSalesforceConnector } from './salesforce/salesforce.connector';
/** For the hub's own notices: not one of the vendors below. */
export { createWebhookConnector, type WebhookConnectorOptions } from './webhook/webhook.connector';

/** Every vendor the hub knows. A new one is a folder beside these and a line here. */
export function createProviders(): Connector[] {
  return [
    createHttpConnector(),
    createSalesforceConnector(),
    createQuickBooksConnector(),
    createNetSuiteConnector(),
    createErpConnector(),
  ];
}
