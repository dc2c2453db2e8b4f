import {
  refuseAll,
  unknownOperation,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type ConnectionTestReport,
  type DeliveryRecord,
  type FieldSummary,
  type ObjectSummary,
  type PulledRecord,
  type PullPage,
  type PullRequest,
  type RecordMatcher,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { QuickBooksClient } from './quickbooks.client';
import { deliverRecords } from './quickbooks.deliver';
import { describeFields, describeObjects } from './quickbooks.describe';
import { isEntity, parseOperation } from './quickbooks.entities';
import { QUICKBOOKS_HOOKS } from './quickbooks.hooks';
import { QUICKBOOKS_MANIFEST } from './quickbooks.manifest';
import { factsOf, findExisting } from './quickbooks.matching';
import { CallMeter } from './quickbooks.meter';
import { QUICKBOOKS_OAUTH } from './quickbooks.oauth';
import { pullPage, readByIds } from './quickbooks.pull';
import { isMembers } from './quickbooks.record';
import { quickBooksSettings } from './quickbooks.settings';
import { QUICKBOOKS_TEMPLATES } from './quickbooks.templates';
import { TermsLists } from './quickbooks.terms';
import { quickBooksTokenLifetime, refreshToken } from './quickbooks.token';

/** QuickBooks Online: reads by node-quickbooks over the hub's own HTTP, writes by calls of our own. No state but the count of calls and lists of terms. */
export function createQuickBooksConnector(): Connector {
  return new QuickBooksConnector();
}

class QuickBooksConnector implements Connector {
  readonly manifest = QUICKBOOKS_MANIFEST;
  readonly oauth = QUICKBOOKS_OAUTH;
  readonly hooks = QUICKBOOKS_HOOKS;
  readonly mappingTemplates = QUICKBOOKS_TEMPLATES;
  readonly matching: RecordMatcher = {
    looksForAlike: false,
    factsOf,
    find: async (context, operation, wanted) => {
      const client = this.client(context);
      return client.ok ? findExisting(client.value, operation, wanted) : client;
    },
  };
  tokenLifetime = quickBooksTokenLifetime;
  refreshCredentials = refreshToken;
  private readonly meter = new CallMeter();
  private readonly terms = new TermsLists();

  checkOperation(operation: string): string | null {
    return parseOperation(operation) === null
      ? 'Operations are customer, vendor, product, invoice and payment with .upsert, .create, .update or .deactivate'
      : null;
  }

  async deliver(
    context: ConnectorContext,
    operation: string,
    records: readonly DeliveryRecord[],
  ): Promise<readonly RecordOutcome[]> {
    const client = this.client(context);
    if (!client.ok) return refuseAll(records, client.error);
    const parsed = parseOperation(operation);
    if (parsed === null) return refuseAll(records, unknownOperation(this.checkOperation(operation)));
    return deliverRecords(client.value, parsed, records, this.terms);
  }

  async testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const client = this.client(context);
    if (!client.ok) return client;
    const realm = client.value.settings.credentials.realm_id;
    const { result } = await client.value.read((quickBooks, done) => quickBooks.getCompanyInfo(realm, done));
    if (!result.ok) return result;
    const preferences = await client.value.read((quickBooks, done) => quickBooks.getPreferences(done));
    if (!preferences.result.ok) return preferences.result;
    const info = result.value['CompanyInfo'];
    const name = isMembers(info) && typeof info['CompanyName'] === 'string' ? info['CompanyName'] : 'QuickBooks';
    return ok({
      account: `${name} (${realm})`,
      details: {
        realm_id: realm,
        country: isMembers(info) && typeof info['Country'] === 'string' ? info['Country'] : null,
        multi_currency: multiCurrency(preferences.result.value['Preferences']),
      },
    });
  }

  describeObjects(): Promise<Result<readonly ObjectSummary[], ConnectorError>> {
    return Promise.resolve(ok(describeObjects()));
  }

  async describeFields(
    context: ConnectorContext,
    object: string,
  ): Promise<Result<readonly FieldSummary[], ConnectorError>> {
    if (!isEntity(object)) {
      return err({ category: 'not_found', code: 'NOT_FOUND', message: 'There is no such entity here' });
    }
    const client = this.client(context);
    return client.ok ? describeFields(client.value, object) : client;
  }

  async pull(context: ConnectorContext, request: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    const client = this.client(context);
    return client.ok ? pullPage(client.value, request) : client;
  }

  async readRecords(
    context: ConnectorContext,
    object: string,
    ids: readonly string[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    const client = this.client(context);
    return client.ok ? readByIds(client.value, object, ids) : client;
  }

  private client(context: ConnectorContext): Result<QuickBooksClient, ConnectorError> {
    const settings = quickBooksSettings(context);
    return settings.ok ? ok(new QuickBooksClient(context, settings.value, this.meter)) : settings;
  }
}

function multiCurrency(preferences: unknown): JsonObject[string] {
  const currency = isMembers(preferences) ? preferences['CurrencyPrefs'] : undefined;
  return isMembers(currency) && typeof currency['MultiCurrencyEnabled'] === 'boolean'
    ? currency['MultiCurrencyEnabled']
    : null;
}
