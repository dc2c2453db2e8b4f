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
import { NetSuiteClient } from './netsuite.client';
import { CallsAtOnce } from './netsuite.calls-at-once';
import { PullColumns } from './netsuite.columns';
import { deliverRecords } from './netsuite.deliver';
import { describeFields, describeObjects } from './netsuite.describe';
import { NETSUITE_MANIFEST } from './netsuite.manifest';
import { factsOf, findExisting } from './netsuite.matching';
import { NETSUITE_OAUTH } from './netsuite.oauth';
import { parseOperation } from './netsuite.operation';
import { pullPage, readByIds } from './netsuite.pull';
import { References } from './netsuite.references';
import { checkNetSuiteConnection, netSuiteSettings } from './netsuite.settings';
import { NETSUITE_TEMPLATES } from './netsuite.templates';
import { testNetSuite } from './netsuite.test-connection';
import { netSuiteTokenLifetime, refreshCredentials } from './netsuite.token';

/** More than any connection makes at once. */
const MOST_AT_ONCE = 64;

/**
 * NetSuite's REST API over the hub's own HTTP: there is no client library that is maintained and signs as NetSuite wants it.
 * State: which fields, currencies and kinds of items each account has, its calls under way, and how many of them it
 * bears at once.
 */
export function createNetSuiteConnector(): Connector {
  return new NetSuiteConnector();
}

const RECORD_TYPE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

class NetSuiteConnector implements Connector {
  readonly manifest = NETSUITE_MANIFEST;
  readonly oauth = NETSUITE_OAUTH;
  readonly mappingTemplates = NETSUITE_TEMPLATES;
  readonly matching: RecordMatcher = {
    looksForAlike: false,
    factsOf,
    find: async (context, operation, wanted) => {
      const client = this.client(context);
      return client.ok ? findExisting(client.value, operation, wanted) : client;
    },
  };
  checkConnection = checkNetSuiteConnection;
  tokenLifetime = netSuiteTokenLifetime;

  private readonly columns = new PullColumns();
  private readonly references = new References();
  private readonly atOnce = new CallsAtOnce();
  private readonly rooms = new CallRooms(MOST_AT_ONCE);

  checkOperation(operation: string): string | null {
    return parseOperation(operation) === null
      ? 'Operations are <record type>.upsert, .create, .update and .deactivate, with the name of the REST API or an alias'
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
    return deliverRecords(client.value, this.references, parsed, records);
  }

  async testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const client = this.client(context);
    return client.ok ? testNetSuite(client.value) : client;
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
    if (!RECORD_TYPE.test(object)) {
      return err({ category: 'not_found', code: 'NOT_FOUND', message: 'This is not the name of a record type' });
    }
    const client = this.client(context);
    return client.ok ? describeFields(client.value, object) : client;
  }

  async refreshCredentials(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
    const settings = netSuiteSettings(context);
    return settings.ok ? refreshCredentials(context) : settings;
  }

  async pull(context: ConnectorContext, request: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    const client = this.client(context);
    return client.ok ? pullPage(client.value, this.columns, request) : client;
  }

  async readRecords(
    context: ConnectorContext,
    object: string,
    ids: readonly string[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    const client = this.client(context);
    return client.ok ? readByIds(client.value, this.columns, object, ids) : client;
  }

  private client(context: ConnectorContext): Result<NetSuiteClient, ConnectorError> {
    const settings = netSuiteSettings(context);
    return settings.ok ? ok(new NetSuiteClient(context, settings.value, this.atOnce, this.rooms)) : settings;
  }
}
