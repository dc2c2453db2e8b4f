import { Inject, Injectable } from '@nestjs/common';
import { appendAudit, type AuditActor } from '@hub/audit';
import {
  deleteConnection,
  findConnection,
  insertConnection,
  replaceCredentials,
  updateConnection,
} from '@hub/connections';
import {
  closeHubEventCursor,
  deleteRoute,
  insertNoticeRoute,
  lockHubEventCursor,
  openHubEventCursor,
} from '@hub/delivery';
import {
  DrainBell,
  err,
  fromPublicId,
  newUuid,
  notFound,
  ok,
  problem,
  refuseKeptSecret,
  type InputFault,
  type Problem,
  type Result,
} from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import {
  countEndpoints,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  markEndpointDeleted,
  matchesType,
  newSecrets,
  NOTICE_KINDS,
  NOTICE_RETRY_DELAYS_SECONDS,
  switchOff,
  switchOn,
  updateEndpoint,
  withHeaders,
  type EndpointRow,
  type EndpointSecrets,
} from '@hub/webhooks';
import { changesOf } from '../../http/audited';
import { EndpointConnections, secretsOfEndpoint } from './endpoint-connections.service';
import { INTERNAL_TENANTS } from './internal-tenants';
import { toAuditedEndpoint } from './webhook-endpoint.mapper';

/** Each is told everything that it wants to hear: a tenant's notices are its deliveries times its endpoints. */
const MOST_ENDPOINTS = 50;

/** As the API takes it; connections by public id. */
export interface EndpointSettings {
  readonly url: string;
  readonly description?: string | undefined;
  readonly event_types: readonly string[];
  readonly connection_ids?: readonly string[] | null | undefined;
  readonly enabled?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface ShownEndpoint {
  readonly row: EndpointRow;
  readonly secret: string;
}

const change = changesOf<EndpointRow>('webhook_endpoint', 'webhookEndpoint', toAuditedEndpoint);

@Injectable()
export class WebhookEndpointsService {
  constructor(
    @Inject(INTERNAL_TENANTS) private readonly tenants: TenantDb,
    @Inject(EndpointConnections) private readonly connections: EndpointConnections,
    @Inject(DrainBell) private readonly bell: DrainBell,
  ) {}

  /** A connection with a route, and the endpoint that they are for; from its first endpoint on a tenant's bus is read. */
  async create(
    tenantId: string,
    actor: AuditActor,
    settings: EndpointSettings,
  ): Promise<Result<ShownEndpoint, Problem>> {
    const secrets = newSecrets(settings.headers ?? {});
    const checked = this.connections.check(settings.url, secrets);
    if (!checked.ok) return checked;
    const [id, connectionId, routeId] = [newUuid(), newUuid(), newUuid()];
    const credentials = await this.connections.seal(tenantId, connectionId, secrets);
    if (!credentials.ok) return credentials;
    return this.tenants.run(tenantId, async (tx) => {
      // Locks the cursor's row: whoever deletes the last endpoint at this moment is waited for.
      await openHubEventCursor(tx, 'webhooks');
      if ((await countEndpoints(tx)) >= MOST_ENDPOINTS) return err(tooMany());
      const wanted = await this.selection(tx, settings);
      if (!wanted.ok) return wanted;
      const inserted = await insertConnection(tx, {
        id: connectionId,
        name: `webhook endpoint ${id}`,
        connectorId: 'webhook',
        config: { url: settings.url },
        credentials: credentials.value,
        status: 'active',
        statusReason: null,
        internal: true,
      });
      if (!inserted.ok) return inserted;
      await insertNoticeRoute(tx, { id: routeId, connectionId, delaysSeconds: NOTICE_RETRY_DELAYS_SECONDS });
      await insertEndpoint(tx, {
        id,
        connectionId,
        routeId,
        description: settings.description ?? '',
        eventTypes: settings.event_types,
        connectionIds: wanted.value,
        headerNames: Object.keys(settings.headers ?? {}),
      });
      if (settings.enabled === false) await switchOff(tx, id, 'user');
      const row = await existing(tx, id);
      await appendAudit(tx, change(actor, 'created', { after: row }));
      return ok({ row, secret: secrets.secret });
    });
  }

  list(tenantId: string, page: { limit: number; before: string | null }): Promise<EndpointRow[]> {
    return this.tenants.run(tenantId, (tx) => listEndpoints(tx, { ...page, limit: page.limit + 1 }));
  }

  async find(tenantId: string, id: string): Promise<Result<EndpointRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findEndpoint(tx, id));
    return row === null ? err(notFound('webhook endpoint')) : ok(row);
  }

  async update(
    tenantId: string,
    actor: AuditActor,
    id: string,
    wanted: Partial<EndpointSettings>,
  ): Promise<Result<EndpointRow, Problem>> {
    const found = await this.find(tenantId, id);
    if (!found.ok) return found;
    const { row: before, secrets } = await this.withSecrets(tenantId, found.value);
    if (!secrets.ok) return secrets;
    const changed = wanted.headers === undefined ? secrets.value : withHeaders(secrets.value, wanted.headers);
    const checked = this.connections.check(wanted.url ?? before.url, changed);
    if (!checked.ok) return checked;
    const refused = wanted.headers === undefined ? movedHeaders(before, wanted.url) : null;
    if (refused !== null) return err(refused);
    const credentials = await this.connections.seal(tenantId, before.connection_id, changed);
    if (!credentials.ok) return credentials;
    const updated = await this.tenants.run(tenantId, async (tx) => {
      const selected = await this.selection(tx, { ...wanted, event_types: wanted.event_types ?? before.event_types });
      if (!selected.ok) return selected;
      let { revision } = before;
      if (wanted.headers !== undefined) {
        const stored = await replaceCredentials(tx, before.connection_id, credentials.value, revision);
        if (!stored.ok) return stored;
        ({ revision } = stored.value);
      }
      if (wanted.url !== undefined) {
        const moved = await updateConnection(tx, before.connection_id, { config: { url: wanted.url } }, revision);
        if (!moved.ok) return moved;
      }
      // Before the endpoint's own row is locked: its connection's comes first everywhere.
      if (wanted.enabled === true) await switchOn(tx, id);
      if (wanted.enabled === false) await switchOff(tx, id, 'user');
      await updateEndpoint(tx, id, {
        ...(wanted.description === undefined ? {} : { description: wanted.description }),
        ...(wanted.event_types === undefined ? {} : { eventTypes: wanted.event_types }),
        ...(wanted.connection_ids === undefined ? {} : { connectionIds: selected.value }),
        ...(wanted.headers === undefined ? {} : { headerNames: Object.keys(wanted.headers) }),
      });
      const after = await findEndpoint(tx, id);
      if (after === null) return err(notFound('webhook endpoint'));
      await appendAudit(tx, change(actor, 'updated', { before, after }));
      return ok(after);
    });
    if (updated.ok) this.bell.ring({ tenantId, connectionId: before.connection_id });
    return updated;
  }

  /** What waits for it ends; without an endpoint nobody reads the tenant's bus any more. */
  async delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      await lockHubEventCursor(tx, 'webhooks', { wait: true });
      const before = await findEndpoint(tx, id);
      if (before === null) return err(notFound('webhook endpoint'));
      const gone = await deleteConnection(tx, before.connection_id);
      if (!gone.ok) return gone;
      const routed = await deleteRoute(tx, before.route_id);
      if (!routed.ok) return routed;
      await markEndpointDeleted(tx, id);
      if ((await countEndpoints(tx)) === 0) await closeHubEventCursor(tx, 'webhooks');
      await appendAudit(tx, change(actor, 'deleted', { before }));
      return ok(null);
    });
  }

  private async withSecrets(
    tenantId: string,
    row: EndpointRow,
  ): Promise<{ row: EndpointRow; secrets: Result<EndpointSecrets, Problem> }> {
    const opened = await this.connections.open(tenantId, row.connection_id);
    if (!opened.ok) return { row, secrets: opened };
    // Of one revision: what was changed in between is a conflict, not overwritten.
    return { row: { ...row, revision: opened.value.revision }, secrets: ok(secretsOfEndpoint(opened.value)) };
  }

  /** The connections by their inner ids; every fault of the selection in one answer. */
  private async selection(
    tx: TenantTx,
    { event_types: types, connection_ids: publicIds }: Pick<EndpointSettings, 'event_types' | 'connection_ids'>,
  ): Promise<Result<string[] | null, Problem>> {
    const faults: InputFault[] = types.flatMap((pattern, index) =>
      NOTICE_KINDS.some(({ type }) => matchesType(pattern, type))
        ? []
        : [{ pointer: `/event_types/${index}`, code: 'unknown_event_type', message: 'No event has such a type' }],
    );
    const ids: string[] = [];
    for (const [index, publicId] of (publicIds ?? []).entries()) {
      const id = fromPublicId('connection', publicId);
      const found = id === null ? null : await findConnection(tx, id);
      if (found === null || found.connector_id === 'webhook')
        faults.push({
          pointer: `/connection_ids/${index}`,
          code: 'unknown_connection',
          message: 'There is no such connection',
        });
      else ids.push(found.id);
    }
    if (faults.length > 0)
      return err(
        problem('unprocessable', 'invalid_webhook_endpoint', 'The endpoint cannot be saved like this.', { faults }),
      );
    return ok(publicIds == null ? null : ids);
  }
}

/** The headers are sent as they are; of the signing secret, which stays, only signatures are. */
function movedHeaders({ url: before, header_names: names }: EndpointRow, url: string | undefined): Problem | null {
  return names.length === 0 || url === undefined ? null : refuseKeptSecret([before], [{ pointer: '/url', value: url }]);
}

async function existing(tx: TenantTx, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(tx, id);
  if (row === null) throw new Error('an endpoint that was just made is gone');
  return row;
}

function tooMany(): Problem {
  return problem('conflict', 'too_many_webhook_endpoints', `There are ${MOST_ENDPOINTS} endpoints already.`);
}
