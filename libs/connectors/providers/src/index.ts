import { type Connector } from '@hub/connector-sdk';
import { createHttpConnector } from './http/http.connector';
import { createSalesforceConnector } from './salesforce/salesforce.connector';

export { createHttpConnector, type HttpConnectorOptions } from './http/http.connector';
export { createSalesforceConnector, type SalesforceConnectorOptions } from './salesforce/salesforce.connector';
export { ApiUsageCache, type ApiUsage } from './salesforce/salesforce.usage';

/** Every vendor the hub knows. A new one is a folder beside these and a line here. */
export function createProviders(): Connector[] {
  return [createHttpConnector(), createSalesforceConnector()];
}
