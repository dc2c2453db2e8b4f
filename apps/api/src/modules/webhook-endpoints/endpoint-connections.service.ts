import { Inject, Injectable } from '@nestjs/common';
import {
  ConnectionBudget,
  connectorContext,
  ConnectionOpener,
  CredentialVault,
  OAuthApps,
  type OpenedConnection,
  type SealedCredentials,
} from '@hub/connections';
import { createWebhookConnector } from '@hub/connector-providers';
import { createRegistry, validateConnection, type Connector, type RecordOutcome } from '@hub/connector-sdk';
import { DatabaseClock } from '@hub/database';
import { NOTICE_OPERATION } from '@hub/delivery';
import { err, ok, problem, type Problem, type Result, type SafeHttp } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { sealable, type EndpointSecrets } from '@hub/webhooks';
import { SAFE_HTTP } from '../../tokens';
import { INTERNAL_TENANTS } from './internal-tenants';

const LONGEST_TEST_MS = 25_000;

export interface TestNotice {
  /** The `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly payload: string;
}

/** The connections beneath endpoints: what is sealed in them, and calls through their connector. */
@Injectable()
export class EndpointConnections {
  private readonly connector: Connector;
  private readonly opener: ConnectionOpener;

  constructor(
    @Inject(INTERNAL_TENANTS) tenants: TenantDb,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(OAuthApps) private readonly oauthApps: OAuthApps,
    @Inject(ConnectionBudget) private readonly limits: ConnectionBudget,
    @Inject(SAFE_HTTP) private readonly http: SafeHttp,
    @Inject(DatabaseClock) clock: DatabaseClock,
  ) {
    this.connector = createWebhookConnector({ now: clock.now });
    // Not remembered: whoever has just changed something is shown the change.
    this.opener = new ConnectionOpener({ tenants, vault, connectors: createRegistry([this.connector]), ttlMs: 0 });
  }

  check(url: string, secrets: EndpointSecrets): Result<null, Problem> {
    const problems = validateConnection(this.connector, { config: { url }, credentials: sealable(secrets) });
    if (problems.length === 0) return ok(null);
    // The caller knows nothing of the connection: what is config or sealed there are members of one request here.
    const faults = problems.map((fault) => ({
      ...fault,
      pointer: fault.pointer.replace(/^\/(config|credentials)/, ''),
    }));
    return err(
      problem('unprocessable', 'invalid_webhook_endpoint', 'The endpoint cannot be saved like this.', { faults }),
    );
  }

  seal(tenantId: string, connectionId: string, secrets: EndpointSecrets): Promise<Result<SealedCredentials, Problem>> {
    return this.vault.seal(tenantId, connectionId, sealable(secrets));
  }

  open(tenantId: string, connectionId: string): Promise<Result<OpenedConnection, Problem>> {
    return this.opener.open(tenantId, connectionId);
  }

  /** One attempt, outside the backlog: a person waits for what it brings. */
  async send(tenantId: string, connection: OpenedConnection, notice: TestNotice): Promise<RecordOutcome> {
    const context = connectorContext(
      { oauthApps: this.oauthApps, limits: this.limits, http: this.http },
      { tenantId, connector: this.connector, connection, signal: AbortSignal.timeout(LONGEST_TEST_MS) },
    );
    const record = {
      deliveryId: notice.id,
      idempotencyKey: notice.id,
      eventId: notice.id,
      eventType: notice.type,
      subject: null,
      payloadText: notice.payload,
      mayHaveBeenSent: false,
      acceptedAt: new Date(),
      traceparent: null,
    };
    const [outcome] = await this.connector.deliver(context, NOTICE_OPERATION, [record]);
    if (outcome === undefined) throw new Error('a connector answered nothing for a record');
    return outcome;
  }
}

export function secretsOfEndpoint(connection: OpenedConnection): EndpointSecrets {
  return connection.credentials as unknown as EndpointSecrets;
}
