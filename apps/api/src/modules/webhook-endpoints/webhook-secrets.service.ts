import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor, type AuditEntry } from '@hub/audit';
import { replaceCredentials, type OpenedConnection } from '@hub/connections';
import { DatabaseClock } from '@hub/database';
import {
  err,
  newUuid,
  notFound,
  ok,
  problem,
  toPublicId,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import {
  findEndpoint,
  findNoticeKind,
  noticePayload,
  rotatedSecrets,
  TEST_NOTICE,
  updateEndpoint,
  type EndpointRow,
  type EndpointSecrets,
} from '@hub/webhooks';
import { type WebhookSecretResponse, type WebhookTestResponse } from './dto/webhook-endpoint.response';
import { EndpointConnections, secretsOfEndpoint, type TestNotice } from './endpoint-connections.service';
import { INTERNAL_TENANTS } from './internal-tenants';

const HOUR_MS = 3_600_000;

interface OpenedEndpoint {
  readonly row: EndpointRow;
  readonly connection: OpenedConnection;
}

/** What needs an endpoint's secret: showing it, replacing it, and signing a test. */
@Injectable()
export class WebhookSecretsService {
  constructor(
    @Inject(INTERNAL_TENANTS) private readonly tenants: TenantDb,
    @Inject(EndpointConnections) private readonly connections: EndpointConnections,
    @Inject(DatabaseClock) private readonly clock: DatabaseClock,
  ) {}

  /** Whoever looks is on record. */
  async show(tenantId: string, actor: AuditActor, id: string): Promise<Result<WebhookSecretResponse, Problem>> {
    const opened = await this.open(tenantId, id);
    if (!opened.ok) return opened;
    const { row, connection } = opened.value;
    await this.tenants.run(tenantId, (tx) => appendAudit(tx, entry(actor, 'secret_read', row)));
    return ok(shown(secretsOfEndpoint(connection), this.clock.now()));
  }

  async rotate(
    tenantId: string,
    actor: AuditActor,
    id: string,
    overlapHours: number,
  ): Promise<Result<WebhookSecretResponse, Problem>> {
    const opened = await this.open(tenantId, id);
    if (!opened.ok) return opened;
    const { row, connection } = opened.value;
    const rotated = rotatedSecrets(secretsOfEndpoint(connection), overlapHours * HOUR_MS, new Date(this.clock.now()));
    const sealed = await this.connections.seal(tenantId, row.connection_id, rotated);
    if (!sealed.ok) return sealed;
    return this.tenants.run(tenantId, async (tx) => {
      const stored = await replaceCredentials(tx, row.connection_id, sealed.value, connection.revision);
      if (!stored.ok) return stored;
      const until = rotated.previous_secret_until;
      await updateEndpoint(tx, id, { previousSecretUntil: until === undefined ? null : new Date(until) });
      await appendAudit(tx, entry(actor, 'secret_rotated', row, { overlap_hours: overlapHours }));
      return ok(shown(rotated, this.clock.now()));
    });
  }

  /** One attempt that a person waits for: neither in the log nor tried again, and sent to one that is switched off too. */
  async test(
    tenantId: string,
    actor: AuditActor,
    id: string,
    type: string | undefined,
  ): Promise<Result<WebhookTestResponse, Problem>> {
    const opened = await this.open(tenantId, id);
    if (!opened.ok) return opened;
    const { row, connection } = opened.value;
    const notice = testNotice(row, type);
    if (!notice.ok) return notice;
    const outcome = await this.connections.send(tenantId, connection, notice.value);
    await this.tenants.run(tenantId, (tx) =>
      appendAudit(tx, entry(actor, 'tested', row, { event_type: notice.value.type, delivered: outcome.ok })),
    );
    const { exchange } = outcome;
    return ok({
      delivered: outcome.ok,
      webhook_id: notice.value.id,
      event_type: notice.value.type,
      duration_ms: exchange?.durationMs ?? null,
      http_status: exchange?.response?.status ?? null,
      error: outcome.ok ? null : { code: outcome.error.code, message: outcome.error.message },
      response_body: exchange?.response?.body ?? null,
    });
  }

  private async open(tenantId: string, id: string): Promise<Result<OpenedEndpoint, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findEndpoint(tx, id));
    if (row === null) return err(notFound('webhook endpoint'));
    const connection = await this.connections.open(tenantId, row.connection_id);
    return connection.ok ? ok({ row, connection: connection.value }) : connection;
  }
}

function entry(
  actor: AuditActor,
  did: string,
  row: EndpointRow,
  details?: NonNullable<AuditEntry['details']>,
): AuditEntry {
  const target = { type: 'webhook_endpoint', id: toPublicId('webhookEndpoint', row.id), name: row.url };
  return { action: `webhook_endpoint.${did}`, actor, target, ...(details === undefined ? {} : { details }) };
}

/** A previous secret that no longer signs is no longer shown. */
function shown(secrets: EndpointSecrets, nowMs: number): WebhookSecretResponse {
  const { secret, previous_secret: previous, previous_secret_until: until } = secrets;
  const overlaps = previous !== undefined && until !== undefined && Date.parse(until) > nowMs;
  return {
    secret,
    previous_secret: overlaps ? previous : null,
    previous_secret_until: overlaps ? until : null,
  };
}

function testNotice(row: EndpointRow, type: string | undefined): Result<TestNotice, Problem> {
  const kind = type === undefined || type === TEST_NOTICE.type ? TEST_NOTICE : findNoticeKind(type);
  if (kind === undefined) {
    const faults = [{ pointer: '/event_type', code: 'unknown_event_type', message: 'No event has this type' }];
    return err(problem('unprocessable', 'unknown_event_type', 'There is no such type.', { faults }));
  }
  const data: JsonObject = kind === TEST_NOTICE ? { endpoint_id: toPublicId('webhookEndpoint', row.id) } : kind.example;
  const id = toPublicId('hubEvent', newUuid());
  return ok({ id, type: kind.type, payload: noticePayload({ id, type: kind.type, at: new Date(), data }) });
}
