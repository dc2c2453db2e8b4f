import {
  CallRooms,
  refuseAll,
  unknownOperation,
  type ConnectionTestReport,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
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
import { SalesforceClient } from './salesforce.client';
import { deliverRecords } from './salesforce.deliver';
import { describeFields, describeObjects } from './salesforce.describe';
import { KnownFields } from './salesforce.fields';
import { JobTimes } from './salesforce.job-times';
import { SALESFORCE_HOOKS } from './salesforce.hooks';
import { SALESFORCE_MANIFEST } from './salesforce.manifest';
import { factsOf, findExisting } from './salesforce.matching';
import { parseOperation } from './salesforce.operation';
import { SALESFORCE_OAUTH, salesforceTokenLifetime } from './salesforce.oauth';
import { deliverProducts } from './salesforce.prices';
import { pullPage, readByIds } from './salesforce.pull';
import { checkSalesforceConnection, salesforceSettings } from './salesforce.settings';
import { refreshToken } from './salesforce.token';
import { SALESFORCE_TEMPLATES } from './salesforce.templates';

/** More than any connection makes at once. */
const MOST_AT_ONCE = 16;

/**
 * Salesforce through jsforce, which speaks over the hub's own HTTP. State: which fields each org has, how many calls at
 * once it takes, and how long its bulk jobs.
 */
export function createSalesforceConnector(): Connector {
  return new SalesforceConnector();
}

const OBJECT_NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

class SalesforceConnector implements Connector {
  readonly manifest = SALESFORCE_MANIFEST;
  readonly oauth = SALESFORCE_OAUTH;
  readonly hooks = SALESFORCE_HOOKS;
  readonly mappingTemplates = SALESFORCE_TEMPLATES;
  readonly matching: RecordMatcher = {
    looksForAlike: true,
    factsOf,
    find: async (context, operation, wanted) => {
      const client = this.client(context);
      return client.ok ? findExisting(client.value, operation, wanted) : client;
    },
  };
  checkConnection = checkSalesforceConnection;
  tokenLifetime = salesforceTokenLifetime;

  private readonly fields = new KnownFields();
  private readonly rooms = new CallRooms(MOST_AT_ONCE);
  private readonly jobTimes = new JobTimes();

  checkOperation(operation: string): string | null {
    return parseOperation(operation) === null
      ? 'Operations are <object>.upsert, .create, .update and .deactivate, with the API name of the object or an alias'
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
    const deliver = (some: readonly DeliveryRecord[]) => deliverRecords(client.value, parsed, some, this.fields);
    return parsed.object === 'Product2'
      ? deliverProducts(client.value, this.fields, records, deliver)
      : deliver(records);
  }

  async testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const client = this.client(context);
    if (!client.ok) return client;
    const { instanceUrl, apiVersion } = client.value.settings;
    const { result: limits } = await client.value.call((connection) => connection.limits());
    if (!limits.ok) return limits;
    const daily = (limits.value as { DailyApiRequests?: { Max?: unknown; Remaining?: unknown } } | null)
      ?.DailyApiRequests;
    // Not the identity URL: it lies on the login host, whose name would come from an answer.
    const { result: org } = await client.value.call((connection) =>
      connection.query('SELECT Id, Name FROM Organization'),
    );
    if (!org.ok && org.error.category.startsWith('auth_')) return org;
    const organization = org.ok ? (org.value.records?.[0] as { Id?: unknown; Name?: unknown } | undefined) : undefined;
    const id = typeof organization?.Id === 'string' ? organization.Id : null;
    const name = typeof organization?.Name === 'string' ? organization.Name : null;
    return ok({
      account: id === null ? new URL(instanceUrl).host : `${name ?? 'Salesforce'} (${id})`,
      details: {
        instance_url: instanceUrl,
        api_version: apiVersion,
        organization_id: id,
        daily_api_requests_max: typeof daily?.Max === 'number' ? daily.Max : null,
        daily_api_requests_remaining: typeof daily?.Remaining === 'number' ? daily.Remaining : null,
      },
    });
  }

  async describeObjects(context: ConnectorContext): Promise<Result<readonly ObjectSummary[], ConnectorError>> {
    const client = this.client(context);
    return client.ok ? describeObjects(client.value) : client;
  }

  async describeFields(
    context: ConnectorContext,
    object: string,
  ): Promise<Result<readonly FieldSummary[], ConnectorError>> {
    // The name becomes part of a path.
    if (!OBJECT_NAME.test(object)) {
      return err({ category: 'not_found', code: 'NOT_FOUND', message: 'This is not the API name of an object' });
    }
    const client = this.client(context);
    return client.ok ? describeFields(client.value, object) : client;
  }

  async refreshCredentials(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
    const settings = salesforceSettings(context);
    return settings.ok ? refreshToken(context) : settings;
  }

  async pull(context: ConnectorContext, request: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    const client = this.client(context);
    return client.ok ? pullPage(client.value, this.fields, request) : client;
  }

  async readRecords(
    context: ConnectorContext,
    object: string,
    ids: readonly string[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    const client = this.client(context);
    return client.ok ? readByIds(client.value, this.fields, object, ids) : client;
  }

  private client(context: ConnectorContext): Result<SalesforceClient, ConnectorError> {
    const settings = salesforceSettings(context);
    return settings.ok
      ? ok(new SalesforceClient(context, settings.value, this.rooms.of(context.connectionId), this.jobTimes))
      : settings;
  }
}
