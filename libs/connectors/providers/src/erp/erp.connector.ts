import {
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
  type RecordOutcome,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { erpCertificateLifetime } from './erp.certificate';
import { ErpClient } from './erp.client';
import { erpContract } from './erp.contract';
import { deliverRecord } from './erp.deliver';
import { describeFields, describeObjects } from './erp.describe';
import { readByIds } from './erp.lookup';
import { ERP_MANIFEST } from './erp.manifest';
import { parseOperation } from './erp.operation';
import { Pacer } from './erp.pacer';
import { NOT_PULLED, pulledEntity, pullPage } from './erp.pull';
import { checkErpConnection, erpSettings } from './erp.settings';
import { ERP_TEMPLATES } from './erp.templates';
import { testErp } from './erp.test-connection';

/** An ERP through soap, which speaks over the hub's own HTTP. State: when a connection was polled last. */
export function createErpConnector(): Connector {
  return new ErpConnector();
}

class ErpConnector implements Connector {
  readonly manifest = ERP_MANIFEST;
  readonly mappingTemplates = ERP_TEMPLATES;
  checkConnection = checkErpConnection;
  tokenLifetime = erpCertificateLifetime;

  private readonly pacer = new Pacer();

  checkOperation(operation: string): string | null {
    return parseOperation(operation) === null
      ? `Operations are ${ERP_MANIFEST.operations.map(({ id }) => id).join(', ')}`
      : null;
  }

  /** Records go one by one: the contract has no call for several. */
  async deliver(
    context: ConnectorContext,
    operation: string,
    records: readonly DeliveryRecord[],
  ): Promise<readonly RecordOutcome[]> {
    const client = await this.client(context);
    if (!client.ok) return refuseAll(records, client.error);
    const parsed = parseOperation(operation);
    if (parsed === null) return refuseAll(records, unknownOperation(this.checkOperation(operation)));
    const outcomes: RecordOutcome[] = [];
    for (const record of records) outcomes.push(await deliverRecord(client.value, parsed, record));
    return outcomes;
  }

  async testConnection(context: ConnectorContext): Promise<Result<ConnectionTestReport, ConnectorError>> {
    const client = await this.client(context);
    return client.ok ? testErp(context, client.value) : client;
  }

  describeObjects(): Promise<Result<readonly ObjectSummary[], ConnectorError>> {
    return Promise.resolve(ok(describeObjects()));
  }

  async describeFields(
    context: ConnectorContext,
    object: string,
  ): Promise<Result<readonly FieldSummary[], ConnectorError>> {
    const client = await this.client(context);
    return client.ok ? describeFields(client.value.contract, client.value.settings, object) : client;
  }

  async pull(context: ConnectorContext, request: PullRequest): Promise<Result<PullPage, ConnectorError>> {
    const client = await this.client(context);
    return client.ok ? pullPage(client.value, this.pacer, request) : client;
  }

  async readRecords(
    context: ConnectorContext,
    object: string,
    ids: readonly string[],
  ): Promise<Result<readonly PulledRecord[], ConnectorError>> {
    const entity = pulledEntity(object);
    if (entity === undefined) return err(NOT_PULLED);
    const client = await this.client(context);
    return client.ok ? readByIds(client.value, this.pacer, entity, ids) : client;
  }

  private async client(context: ConnectorContext): Promise<Result<ErpClient, ConnectorError>> {
    const settings = erpSettings(context.config, context.credentials);
    return settings.ok ? ok(new ErpClient(context, settings.value, await erpContract())) : settings;
  }
}
