import {
  connectorContext,
  requireReauth,
  type ConnectionOpener,
  type ConnectorContextParts,
  type OpenedConnection,
} from '@hub/connections';
import {
  findOperation,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type ConnectorRegistry,
  type DeliveryRecord,
  type ErrorCategory,
  type RecordOutcome,
  type WireExchange,
} from '@hub/connector-sdk';
import {
  type ConnectionPort,
  type FoundConnection,
  type OpenConnection,
  type SendError,
  type SendExchange,
  type SendItem,
  type SendResult,
} from '@hub/delivery';
import { err, inSpan, ok, type DrainBell, type JsonObject, type Logger, type Problem } from '@hub/platform';
import { writtenTypeOf } from '@hub/sync';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { refreshExpired } from '../connections/refresh-expired';
import { FirstMatch, settled, type SentRecord } from '../links/first-match';
import { withoutHint, writtenRecordKey } from '../links/written-source';

export interface ConnectorPortOptions extends ConnectorContextParts {
  readonly opener: ConnectionOpener;
  readonly connectors: ConnectorRegistry;
  readonly tenants: TenantDb;
  /** For connections of which something is due by what was learned from another. */
  readonly bell: Pick<DrainBell, 'ring'>;
  readonly logger: Logger;
}

/** Connections as drains use them: opened, called through their connector, credentials refreshed once when they have expired. */
export class ConnectorPort implements ConnectionPort {
  constructor(private readonly options: ConnectorPortOptions) {}

  async find(tx: TenantTx, connectionId: string): Promise<FoundConnection> {
    const found = await this.options.opener.find(tx, connectionId);
    if (found === null) return closed(GONE);
    const connector = this.options.connectors.get(found.connectorId);
    if (connector === undefined) {
      return closed({
        category: 'config',
        code: 'connector_unavailable',
        message: `This hub has no connector "${found.connectorId}".`,
        wholeConnection: true,
      });
    }
    const { tenantId } = tx;
    return {
      ...capacityOf(connector, found.config),
      open: async () => {
        const opened = await found.open();
        return opened.ok
          ? ok(new ConnectedSystem(this.options, tenantId, opened.value, connector))
          : err(whyClosed(opened.error));
      },
    };
  }

  async needsReauth(tenantId: string, connectionId: string, error: SendError): Promise<void> {
    const { revision } = error;
    if (revision === undefined) throw new Error('credentials were refused of a revision that nobody knows');
    // What drains pass back here is what a connector said.
    const refusal = { ...error, category: error.category as ErrorCategory };
    const held = await this.options.tenants.run(tenantId, (tx) => requireReauth(tx, connectionId, revision, refusal));
    // In any case: what this process remembers is the revision that was refused.
    this.options.opener.forget(tenantId, connectionId);
    if (!held) return;
    this.options.logger.warn('connection needs to be signed in again', {
      tenant_id: tenantId,
      connection_id: connectionId,
      code: error.code,
    });
  }
}

/** A record's outcome, and the revision of the connection whose credentials it was had with. */
interface Attempted {
  readonly outcome: RecordOutcome;
  readonly revision: number;
  /** The credentials could not be renewed: that is no record's fault. */
  readonly refresh?: boolean;
  /** It is known by now which record it is: mapped anew, it is a change. */
  readonly mapAgain?: boolean;
}

class ConnectedSystem implements OpenConnection {
  readonly connectorId: string;
  readonly concurrency: number;
  readonly largestBatch: number;
  private readonly firstMatch: FirstMatch;

  constructor(
    private readonly options: ConnectorPortOptions,
    private readonly tenantId: string,
    private opened: OpenedConnection,
    private readonly connector: Connector,
  ) {
    this.firstMatch = new FirstMatch(options.tenants, options.bell);
    this.connectorId = connector.manifest.id;
    const { concurrency, largestBatch } = capacityOf(connector, opened.config);
    this.concurrency = concurrency;
    this.largestBatch = largestBatch;
  }

  batchSize(operation: string): number {
    return findOperation(this.connector.manifest, operation)?.batchSize ?? 1;
  }

  recordOf({ delivery, payloadText }: Pick<SendItem, 'delivery' | 'payloadText'>): string | null {
    return writtenRecordKey(this.writtenType(delivery.operation), delivery, payloadText);
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
      const records = items.map((item) => ({
        item,
        record: toRecord(item, items.length === 1 ? outgoing : item.delivery.event.traceparent),
      }));
      const attempted = await this.sendRecords(operation, records, signal);
      const traceId = span.isRecording() ? span.spanContext().traceId : (first?.slice(3, 35) ?? null);
      const exchanges = new ExchangeTexts();
      return attempted.map((item) => toResult(item, traceId, this.writtenType(operation), exchanges));
    });
  }

  private writtenType(operation: string): string | null {
    return writtenTypeOf(this.connector.manifest, operation);
  }

  private async sendRecords(
    operation: string,
    records: readonly SentRecord[],
    signal: AbortSignal,
  ): Promise<readonly Attempted[]> {
    if (findOperation(this.connector.manifest, operation) === undefined) {
      const error = {
        category: 'config' as const,
        code: 'unknown_operation',
        message: `The connector has no operation "${operation}".`,
      };
      return records.map(() => ({ outcome: { ok: false, error }, revision: this.opened.revision }));
    }
    const attempted = [...(await this.deliver(operation, records, signal))];
    for (let round = 1; round <= 2; round++) {
      const expired = attempted.flatMap(({ outcome }, index) =>
        !outcome.ok && outcome.error.category === 'auth_expired' ? [index] : [],
      );
      const stale = attempted[expired[0] ?? -1]?.revision;
      if (stale === undefined || this.connector.refreshCredentials === undefined) break;
      const { refused, calledVendor } = await this.refresh(stale);
      const again = expired.map((index) => records[index] as SentRecord);
      const repeated =
        refused === null
          ? await this.deliver(operation, again, signal)
          : again.map(() => ({ outcome: { ok: false as const, error: refused }, revision: stale, refresh: true }));
      expired.forEach((index, position) => (attempted[index] = repeated[position] ?? (attempted[index] as Attempted)));
      if (refused !== null || calledVendor) break;
    }
    return attempted;
  }

  /** What turns out to be there already is not sent. */
  private async deliver(
    operation: string,
    records: readonly SentRecord[],
    signal: AbortSignal,
  ): Promise<readonly Attempted[]> {
    if (this.opened.status !== 'active') await this.openAgain();
    // Read before the call: a refresh by a call beside this one must be seen as one, not be made again.
    const { revision, connectionId } = this.opened;
    const context = this.context(signal);
    const { tenantId, connector } = this;
    const place = { tenantId, connectionId, connector, type: this.writtenType(operation) };
    const matched = await this.firstMatch.find(place, context, operation, records);
    const sent = records.flatMap(({ record }, index) => (matched.has(index) ? [] : [record]));
    const outcomes = sent.length === 0 ? [] : await connector.deliver(context, operation, sent);
    return settled(records.length, matched, outcomes).map((one) => ({ ...one, revision }));
  }

  /**
   * A slot is taken of an active connection alone, so this one has ceased to be active just as it was read: what was read may
   * lack the credentials of a person who has signed in since. Were it used, its connector would refuse every record for good.
   */
  private async openAgain(): Promise<void> {
    const { connectionId } = this.opened;
    this.options.opener.forget(this.tenantId, connectionId);
    const opened = await this.options.opener.open(this.tenantId, connectionId);
    if (opened.ok) this.opened = opened.value;
  }

  private async refresh(
    staleRevision: number,
  ): Promise<{ refused: Extract<RecordOutcome, { ok: false }>['error'] | null; calledVendor: boolean }> {
    const { tenantId, connector, options } = this;
    const { connectionId } = this.opened;
    const context = (signal: AbortSignal): ConnectorContext => this.context(signal);
    const expired = { tenantId, connectionId, staleRevision, connector, context };
    const { refreshed, calledVendor } = await refreshExpired(options.opener, expired);
    if (!refreshed.ok) return { refused: heldIfUnreadable(refreshed.error), calledVendor };
    this.opened = { ...this.opened, ...refreshed.value };
    return { refused: null, calledVendor };
  }

  private context(signal: AbortSignal): ConnectorContext {
    const { options, tenantId, connector, opened: connection } = this;
    return connectorContext(options, { tenantId, connector, connection, signal });
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
    payloadText: withoutHint(delivery, payloadText).payloadText,
    mayHaveBeenSent: delivery.mayHaveBeenSent,
    acceptedAt: delivery.event.receivedAt,
    traceparent,
  };
}

type Capacity = Pick<OpenConnection, 'concurrency' | 'largestBatch'>;

function capacityOf({ manifest }: Connector, config: JsonObject): Capacity {
  const wanted = config['concurrency'];
  const { defaultConcurrency, maxConcurrency } = manifest.limits;
  return {
    concurrency: Math.min(typeof wanted === 'number' ? wanted : defaultConcurrency, maxConcurrency),
    largestBatch: Math.max(...manifest.operations.map((operation) => operation.batchSize)),
  };
}

/** A deleted connection's deliveries end here, and say so. */
const GONE: SendError = { category: 'config', code: 'connection_deleted', message: 'The connection has been deleted.' };

/** Nothing can be sent: the reason becomes that of a hundred deliveries at a time. */
function closed(error: SendError): FoundConnection {
  return { concurrency: 1, largestBatch: 100, open: () => Promise.resolve(err(error)) };
}

/** Credentials that the hub's keys do not open are no delivery's fault: all of them wait until the operator has put it right. */
function whyClosed({ kind, code, detail }: Problem): SendError {
  return { category: 'config', code, message: detail, wholeConnection: kind === 'unavailable' };
}

/** The same while they are renewed. */
function heldIfUnreadable(error: ConnectorError): ConnectorError {
  return error.code === 'credentials_unreadable' ? { ...error, category: 'config' } : error;
}

function toResult(
  { outcome, revision, refresh, mapAgain }: Attempted,
  traceId: string | null,
  type: string | null,
  exchanges: ExchangeTexts,
): SendResult {
  const exchange = outcome.exchange === undefined ? null : exchanges.of(outcome.exchange);
  if (outcome.ok) {
    const record = { type, version: outcome.version ?? null, created: outcome.created === true };
    return { ok: true, externalId: outcome.externalId, exchange, traceId, record };
  }
  const wholeConnection = refresh === true || isOfTheConnection(outcome.error);
  return {
    ok: false,
    error: { ...outcome.error, revision, ...(wholeConnection ? { wholeConnection } : {}) },
    ...(mapAgain === true ? { mapAgain } : {}),
    exchange,
    traceId,
    recordType: type,
  };
}

/** What connectors say of a connection before they look at a record: no other record would have fared better. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'oauth_app_missing',
  'own_app_required',
  'not_signed_in',
  'private_key',
  'invalid_config',
]);

function isOfTheConnection({ category, code }: ConnectorError): boolean {
  return category === 'config' && CONNECTION_CODES.has(code);
}

/** Of one call: all records of a bulk job have the same one. */
class ExchangeTexts {
  private readonly known = new Map<WireExchange, SendExchange>();

  of(exchange: WireExchange): SendExchange {
    let texts = this.known.get(exchange);
    if (texts === undefined) this.known.set(exchange, (texts = toExchange(exchange)));
    return texts;
  }
}

function toExchange(exchange: WireExchange): SendExchange {
  return {
    request: JSON.stringify(
      exchange.part === undefined ? exchange.request : { ...exchange.request, part: exchange.part },
    ),
    response: exchange.response === null ? null : JSON.stringify(exchange.response),
  };
}
