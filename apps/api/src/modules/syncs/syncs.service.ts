import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import { findConnection } from '@hub/connections';
import { type ConnectorRegistry, type PullObjectManifest } from '@hub/connector-sdk';
import {
  DrainBell,
  err,
  notFound,
  ok,
  problem,
  toPublicId,
  type InputFault,
  type Problem,
  type Result,
} from '@hub/platform';
import {
  checkSync,
  createSync,
  deleteSync,
  findSync,
  findSyncRun,
  invalidSync,
  listSyncRuns,
  listSyncs,
  pauseSync,
  requestRun,
  resumeSync,
  updateSync,
  type RunFilter,
  type RunRequest,
  type SyncChange,
  type SyncFilter,
  type SyncRow,
  type SyncRunRow,
} from '@hub/sync';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { type Page } from '../../http/pagination';
import { CONNECTOR_REGISTRY } from '../../tokens';
import { type CreateSyncRequest } from './dto/sync.request';
import { PULL_BELL } from './pull-bell.module';
import { toSyncResponse, uuidOf } from './sync.mapper';

const change = changesOf('sync', 'sync', toSyncResponse);

/** What the libraries cannot check for each other: what the connection's connector can pull, and how often. */
@Injectable()
export class SyncsService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(PULL_BELL) private readonly bell: DrainBell,
  ) {}

  async create(tenantId: string, actor: AuditActor, request: CreateSyncRequest): Promise<Result<SyncRow, Problem>> {
    const connectionId = uuidOf('connection', request.connection_id);
    const startFrom = request.start_from === undefined ? null : new Date(request.start_from);
    const created = await this.tenants.run(tenantId, async (tx) => {
      const pulled = await this.pulledObject(tx, connectionId, request.object);
      if (!pulled.ok) return pulled;
      const sync = {
        name: request.name,
        connectionId,
        object: request.object,
        mappingId: request.mapping_id == null ? null : uuidOf('mapping', request.mapping_id),
        intervalSeconds: request.interval_seconds ?? pulled.value.defaultIntervalSeconds,
        dailyWindow: request.daily_window ?? null,
        freshnessSeconds: request.freshness_seconds ?? null,
        fullEveryHours: request.full_every_hours ?? null,
        startFrom,
      };
      const checked = withTime(checkSync(sync, pulled.value), '/start_from', startFrom);
      if (!checked.ok) return checked;
      return audited(tx, await createSync(tx, sync), (after) => change(actor, 'created', { after }));
    });
    if (created.ok) this.bell.ring({ tenantId, connectionId });
    return created;
  }

  list(tenantId: string, page: Page, filter: SyncFilter): Promise<SyncRow[]> {
    return this.tenants.run(tenantId, (tx) => listSyncs(tx, { ...page, limit: page.limit + 1 }, filter));
  }

  async find(tenantId: string, id: string): Promise<Result<SyncRow, Problem>> {
    const row = await this.tenants.run(tenantId, (tx) => findSync(tx, id));
    return row === null ? err(notFound('sync')) : ok(row);
  }

  /** Rings, because the next run may be due sooner by the new cadence. */
  async update(tenantId: string, actor: AuditActor, id: string, wanted: SyncChange): Promise<Result<SyncRow, Problem>> {
    const updated = await this.tenants.run(tenantId, async (tx) => {
      const current = await findSync(tx, id);
      if (current === null) return err(notFound('sync'));
      const cadence = wanted.intervalSeconds !== undefined || wanted.dailyWindow != null;
      if (cadence || wanted.freshnessSeconds != null || wanted.fullEveryHours != null) {
        const pulled = await this.pulledObject(tx, current.connection_id, current.object);
        if (!pulled.ok) return pulled;
        const checked = checkSync(wanted, pulled.value);
        if (!checked.ok) return checked;
      }
      return audited(tx, await updateSync(tx, id, wanted), (after) =>
        change(actor, 'updated', { before: current, after }),
      );
    });
    return this.rung(tenantId, updated);
  }

  delete(tenantId: string, actor: AuditActor, id: string): Promise<Result<null, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findSync(tx, id);
      return audited(tx, await deleteSync(tx, id), () => change(actor, 'deleted', { before }));
    });
  }

  pause(tenantId: string, actor: AuditActor, id: string): Promise<Result<SyncRow, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findSync(tx, id);
      return audited(tx, await pauseSync(tx, id), (after) => change(actor, 'paused', { before, after }));
    });
  }

  async resume(tenantId: string, actor: AuditActor, id: string): Promise<Result<SyncRow, Problem>> {
    const resumed = await this.tenants.run(tenantId, async (tx) => {
      const before = await findSync(tx, id);
      return audited(tx, await resumeSync(tx, id), (after) => change(actor, 'resumed', { before, after }));
    });
    return this.rung(tenantId, resumed);
  }

  async run(
    tenantId: string,
    actor: AuditActor,
    id: string,
    request: RunRequest,
  ): Promise<Result<SyncRunRow, Problem>> {
    const checked = withTime(ok(null), '/from', request.kind === 'backfill' ? request.from : null);
    if (!checked.ok) return checked;
    const requested = await this.tenants.run(tenantId, async (tx) =>
      audited(tx, await requestRun(tx, id, request), ({ run }) => ({
        action: 'sync.run_requested',
        actor,
        target: { type: 'sync', id: toPublicId('sync', id) },
        details: {
          run_id: toPublicId('syncRun', run.id),
          kind: run.kind,
          from: run.from_at,
          ...(request.kind === 'full' && request.allowDeletions === true ? { allow_deletions: true } : {}),
        },
      })),
    );
    if (!requested.ok) return requested;
    this.bell.ring({ tenantId, connectionId: requested.value.connectionId });
    return ok(requested.value.run);
  }

  listRuns(tenantId: string, id: string, page: Page, filter: RunFilter): Promise<Result<SyncRunRow[], Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      if ((await findSync(tx, id)) === null) return err(notFound('sync'));
      return ok(await listSyncRuns(tx, id, { ...page, limit: page.limit + 1 }, filter));
    });
  }

  async findRun(tenantId: string, id: string, runId: string): Promise<Result<SyncRunRow, Problem>> {
    const row = await this.tenants.run(tenantId, async (tx) =>
      (await findSync(tx, id)) === null ? null : findSyncRun(tx, id, runId),
    );
    return row === null ? err(notFound('sync run')) : ok(row);
  }

  private rung(tenantId: string, result: Result<SyncRow, Problem>): Result<SyncRow, Problem> {
    if (result.ok) this.bell.ring({ tenantId, connectionId: result.value.connection_id });
    return result;
  }

  private async pulledObject(
    tx: TenantTx,
    connectionId: string,
    object: string,
  ): Promise<Result<PullObjectManifest, Problem>> {
    const connection = await findConnection(tx, connectionId);
    if (connection === null) return refuse('/connection_id', 'unknown_connection', 'There is no such connection');
    const connector = this.connectors.get(connection.connector_id);
    if (connector === undefined) {
      const message = 'This hub no longer has the connector of this connection';
      return refuse('/connection_id', 'connector_unavailable', message);
    }
    const pulled = connector.manifest.pull ?? [];
    const found = connector.pull === undefined ? undefined : pulled.find(({ name }) => name === object);
    if (found !== undefined) return ok(found);
    const names = pulled.map(({ name }) => name).join(', ');
    const message = names === '' ? 'Nothing can be pulled from this connection' : `One of: ${names}`;
    return refuse('/object', 'unknown_object', message);
  }
}

function refuse(pointer: string, code: string, message: string): Result<never, Problem> {
  return err(invalidSync([{ pointer, code, message }]));
}

/** Changes of the future cannot be asked for; the fault joins those found before. */
function withTime(checked: Result<null, Problem>, pointer: string, moment: Date | null): Result<null, Problem> {
  if (moment === null || moment.getTime() <= Date.now()) return checked;
  const fault: InputFault = { pointer, code: 'out_of_range', message: 'A moment in the past' };
  const before = checked.ok ? [] : (checked.error.faults ?? []);
  return err(problem('unprocessable', 'invalid_sync', 'It cannot be done like this.', { faults: [...before, fault] }));
}
