import { Injectable, Inject } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import {
  findConnection,
  findFields,
  findObjects,
  keepFields,
  keepObjects,
  listSchemaChanges,
  type Described,
  type SchemaChangeRow,
} from '@hub/connections';
import {
  type ConnectionTestReport,
  type ConnectorContext,
  type ConnectorError,
  type FieldSummary,
  type ObjectSummary,
} from '@hub/connector-sdk';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { ConnectionCaller, type ReadyConnection } from './connection-caller.service';

export interface ConnectionTest {
  readonly outcome: Result<ConnectionTestReport, ConnectorError>;
  readonly durationMs: number;
}

/** How one kind of description is looked up, made and kept. */
interface Look<T> {
  readonly key: string;
  find(tx: TenantTx): Promise<Described<T> | null>;
  describe(context: ConnectorContext): Promise<Result<readonly T[], ConnectorError>>;
  keep(tx: TenantTx, items: readonly T[]): Promise<Described<T>>;
}

/** What any vendor calls an object. Anything else would end up as a path of the connector's making. */
const OBJECT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** Tries a connection out and looks at what the vendor offers behind it. */
@Injectable()
export class ConnectionExplorer {
  /** Looks under way in this process: an editor that asks for one object five times at once costs one call. */
  private readonly underWay = new Map<string, Promise<Result<Described<unknown>, Problem>>>();

  constructor(
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(TenantDb) private readonly tenants: TenantDb,
  ) {}

  /** What the vendor answers is the result; a problem is about the connection itself. */
  async test(tenantId: string, actor: AuditActor, connectionId: string): Promise<Result<ConnectionTest, Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const started = performance.now();
    const outcome = await this.caller.call(tenantId, ready.value, (context) =>
      ready.value.connector.testConnection(context),
    );
    const durationMs = Math.round(performance.now() - started);
    // It changes nothing here, but it has used the credentials.
    const answer = outcome.ok
      ? { ok: true }
      : { ok: false, category: outcome.error.category, code: outcome.error.code };
    const target = { type: 'connection', id: toPublicId('connection', connectionId) };
    await this.tenants.run(tenantId, (tx) =>
      appendAudit(tx, { action: 'connection.tested', actor, target, details: answer }),
    );
    return ok({ outcome, durationMs });
  }

  /** @param refresh asks the vendor even when a recent answer is kept */
  async objects(
    tenantId: string,
    connectionId: string,
    refresh: boolean,
  ): Promise<Result<Described<ObjectSummary>, Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const { connector } = ready.value;
    if (connector.describeObjects === undefined) return err(notSupported());
    return this.look<ObjectSummary>(tenantId, ready.value, refresh, {
      key: '',
      find: (tx) => findObjects(tx, connectionId),
      describe: async (context) => (await connector.describeObjects?.(context)) ?? ok([]),
      keep: (tx, objects) => keepObjects(tx, connectionId, objects),
    });
  }

  async fields(
    tenantId: string,
    connectionId: string,
    object: string,
    refresh: boolean,
  ): Promise<Result<Described<FieldSummary>, Problem>> {
    const ready = await this.caller.ready(tenantId, connectionId);
    if (!ready.ok) return ready;
    const { connector } = ready.value;
    if (connector.describeFields === undefined) return err(notSupported());
    if (!OBJECT_NAME.test(object)) return err(notFound('object'));
    return this.look<FieldSummary>(tenantId, ready.value, refresh, {
      key: object,
      find: (tx) => findFields(tx, connectionId, object),
      describe: async (context) => (await connector.describeFields?.(context, object)) ?? ok([]),
      keep: (tx, fields) => keepFields(tx, connectionId, object, fields),
    });
  }

  async changes(
    tenantId: string,
    connectionId: string,
    page: { readonly limit: number; readonly before: string | null },
  ): Promise<Result<SchemaChangeRow[], Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      if ((await findConnection(tx, connectionId)) === null) return err(notFound('connection'));
      return ok(await listSchemaChanges(tx, connectionId, { ...page, limit: page.limit + 1 }));
    });
  }

  private async look<T>(
    tenantId: string,
    ready: ReadyConnection,
    refresh: boolean,
    look: Look<T>,
  ): Promise<Result<Described<T>, Problem>> {
    const kept = refresh ? null : await this.tenants.run(tenantId, (tx) => look.find(tx));
    if (kept !== null) return ok(kept);
    // The revision is part of the key: other credentials may see other objects.
    const key = `${tenantId} ${ready.opened.connectionId} ${ready.opened.revision} ${look.key}`;
    let answer = this.underWay.get(key) as Promise<Result<Described<T>, Problem>> | undefined;
    if (answer === undefined) {
      answer = this.ask(tenantId, ready, look).finally(() => this.underWay.delete(key));
      this.underWay.set(key, answer);
    }
    return answer;
  }

  private async ask<T>(
    tenantId: string,
    ready: ReadyConnection,
    look: Look<T>,
  ): Promise<Result<Described<T>, Problem>> {
    const answer = await this.caller.call(tenantId, ready, (context) => look.describe(context));
    if (!answer.ok) return err(problemOfVendor(answer.error));
    return ok(await this.tenants.run(tenantId, (tx) => look.keep(tx, answer.value)));
  }
}

function notSupported(): Problem {
  return problem('conflict', 'not_supported', 'The connector of this connection cannot describe objects.');
}

/** What a person can mend is 409, what time mends is 503. */
function problemOfVendor(error: ConnectorError): Problem {
  const extra = { category: error.category, vendor_code: error.code };
  switch (error.category) {
    case 'not_found':
      return problem('not_found', 'not_found', error.message, { extra });
    case 'transient':
    case 'rate_limited':
    case 'concurrency':
    case 'unknown_outcome':
    case 'stale':
      return problem('unavailable', 'vendor_unavailable', error.message, {
        extra,
        retryAfterSeconds: Math.max(1, Math.ceil((error.retryAfterMs ?? 5_000) / 1_000)),
      });
    case 'auth_expired':
    case 'auth_revoked':
    case 'permission':
    case 'validation':
    case 'duplicate':
    case 'config':
    case 'too_large':
      return problem('conflict', 'vendor_refused', error.message, { extra });
  }
}
