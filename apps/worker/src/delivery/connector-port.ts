import { type ConnectionOpener, setConnectionStatus, type OpenedConnection } from '@hub/connections';
import {
  findOperation,
  type Connector,
  type ConnectorContext,
  type ConnectorRegistry,
  type DeliveryRecord,
  type RecordOutcome,
  type WireExchange,
} from '@hub/connector-sdk';
import {
  type ConnectionPort,
  type OpenConnection,
  type SendError,
  type SendExchange,
  type SendItem,
  type SendResult,
} from '@hub/delivery';
import { err, inSpan, ok, type Logger, type Result, type SafeHttp } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';

export interface ConnectorPortOptions {
  readonly opener: ConnectionOpener;
  readonly connectors: ConnectorRegistry;
  readonly http: SafeHttp;
  readonly tenants: TenantDb;
  readonly logger: Logger;
}

/** Connections as drains use them: opened, called through their connector, credentials refreshed once when they have expired. */
export class ConnectorPort implements ConnectionPort {
  constructor(private readonly options: ConnectorPortOptions) {}

  async open(tenantId: string, connectionId: string): Promise<Result<OpenConnection, SendError>> {
    const opened = await this.options.opener.open(tenantId, connectionId);
    if (!opened.ok) {
      const category = opened.error.kind === 'unavailable' ? 'transient' : 'config';
      return err({ category, code: opened.error.code, message: opened.error.detail });
    }
    const connector = this.options.connectors.get(opened.value.connectorId);
    if (connector === undefined) {
      return err({
        category: 'config',
        code: 'connector_unavailable',
        message: `This hub has no connector "${opened.value.connectorId}".`,
      });
    }
    return ok(new ConnectedSystem(this.options, tenantId, opened.value, connector));
  }

  async needsReauth(tenantId: string, connectionId: string, error: SendError): Promise<void> {
    await this.options.tenants.run(tenantId, (tx) =>
      setConnectionStatus(tx, connectionId, 'needs_reauth', `${error.code}: ${error.message}`.slice(0, 500), [
        'active',
      ]),
    );
    this.options.opener.forget(tenantId, connectionId);
    this.options.logger.warn('connection needs to be signed in again', {
      tenant_id: tenantId,
      connection_id: connectionId,
      code: error.code,
    });
  }
}

class ConnectedSystem implements OpenConnection {
  readonly connectorId: string;
  readonly concurrency: number;
  readonly largestBatch: number;

  constructor(
    private readonly options: ConnectorPortOptions,
    private readonly tenantId: string,
    private opened: OpenedConnection,
    private readonly connector: Connector,
  ) {
    const { manifest } = connector;
    this.connectorId = manifest.id;
    const wanted = opened.config['concurrency'];
    this.concurrency = Math.min(
      typeof wanted === 'number' ? wanted : manifest.limits.defaultConcurrency,
      manifest.limits.maxConcurrency,
    );
    this.largestBatch = Math.max(...manifest.operations.map((operation) => operation.batchSize));
  }

  batchSize(operation: string): number {
    return findOperation(this.connector.manifest, operation)?.batchSize ?? 1;
  }

  async send(operation: string, items: readonly SendItem[], signal: AbortSignal): Promise<readonly SendResult[]> {
    const first = items[0]?.delivery.event.traceparent ?? null;
    const attributes = {
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': items.length,
      'hub.connector': this.connectorId,
      'hub.operation': operation,
    };
    return inSpan(`deliver ${this.connectorId}`, first, attributes, async (outgoing, span) => {
      const records = items.map((item) =>
        toRecord(item, items.length === 1 ? outgoing : item.delivery.event.traceparent),
      );
      const outcomes = await this.sendRecords(operation, records, signal);
      const traceId = span.isRecording() ? span.spanContext().traceId : (first?.slice(3, 35) ?? null);
      return outcomes.map((outcome) => toResult(outcome, traceId));
    });
  }

  private async sendRecords(
    operation: string,
    records: readonly DeliveryRecord[],
    signal: AbortSignal,
  ): Promise<readonly RecordOutcome[]> {
    if (findOperation(this.connector.manifest, operation) === undefined) {
      const error = {
        category: 'config' as const,
        code: 'unknown_operation',
        message: `The connector has no operation "${operation}".`,
      };
      return records.map(() => ({ ok: false, error }));
    }
    // Read before the call: a refresh by a call beside this one must be seen as one, not be made again.
    let { revision } = this.opened;
    const outcomes = [...(await this.connector.deliver(this.context(signal), operation, records))];
    for (let round = 1; round <= 2; round++) {
      const expired = outcomes.flatMap((outcome, index) =>
        !outcome.ok && outcome.error.category === 'auth_expired' ? [index] : [],
      );
      if (expired.length === 0 || this.connector.refreshCredentials === undefined) break;
      const { refused, calledVendor } = await this.refresh(revision, signal);
      ({ revision } = this.opened);
      const again = expired.map((index) => records[index] as DeliveryRecord);
      const repeated =
        refused === null
          ? await this.connector.deliver(this.context(signal), operation, again)
          : again.map(() => ({ ok: false as const, error: refused }));
      expired.forEach(
        (index, position) => (outcomes[index] = repeated[position] ?? (outcomes[index] as RecordOutcome)),
      );
      if (refused !== null || calledVendor) break;
    }
    return outcomes;
  }

  /**
   * One refresh for all workers that meet the same expired token. The vendor is not called when the credentials have been
   * changed since `staleRevision`; what a person has just entered may hold no token yet, and needs a refresh of its own.
   */
  private async refresh(
    staleRevision: number,
    signal: AbortSignal,
  ): Promise<{ refused: Extract<RecordOutcome, { ok: false }>['error'] | null; calledVendor: boolean }> {
    const context = this.context(signal);
    let calledVendor = false;
    const refreshed = await this.options.opener.refreshOnce(
      this.tenantId,
      this.opened.connectionId,
      staleRevision,
      (credentials) => {
        if (this.connector.refreshCredentials === undefined)
          throw new Error('asked to refresh what cannot be refreshed');
        calledVendor = true;
        return this.connector.refreshCredentials({ ...context, credentials });
      },
    );
    if (!refreshed.ok) return { refused: refreshed.error, calledVendor };
    this.opened = { ...this.opened, ...refreshed.value };
    return { refused: null, calledVendor };
  }

  private context(signal: AbortSignal): ConnectorContext {
    const { connectionId, config, credentials } = this.opened;
    return {
      connectionId,
      config,
      credentials,
      oauthApp: null,
      reportLimit: () => undefined,
      http: this.options.http,
      signal,
    };
  }
}

function toRecord(item: SendItem, traceparent: string | null): DeliveryRecord {
  const { delivery, payloadText, idempotencyKey } = item;
  return {
    deliveryId: delivery.id,
    idempotencyKey,
    eventId: delivery.event.eventId,
    eventType: delivery.event.type,
    subject: delivery.event.subject,
    payloadText,
    attempt: delivery.countedAttempts,
    traceparent,
  };
}

function toResult(outcome: RecordOutcome, traceId: string | null): SendResult {
  const exchange = outcome.exchange === undefined ? null : toExchange(outcome.exchange);
  return outcome.ok
    ? { ok: true, externalId: outcome.externalId, exchange, traceId }
    : { ok: false, error: outcome.error, exchange, traceId };
}

function toExchange(exchange: WireExchange): SendExchange {
  return {
    request: JSON.stringify(
      exchange.part === undefined ? exchange.request : { ...exchange.request, part: exchange.part },
    ),
    response: exchange.response === null ? null : JSON.stringify(exchange.response),
  };
}
