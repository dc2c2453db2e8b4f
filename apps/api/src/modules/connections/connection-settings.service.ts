import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import {
  CREDENTIALS_MISSING,
  CredentialVault,
  credentialTimes,
  dropCredentials,
  expireSchemas,
  findConnection,
  replaceCredentials,
  setConnectionStatus,
  updateConnection,
  type ConnectionRow,
  type SealedCredentials,
} from '@hub/connections';
import { type Connector } from '@hub/connector-sdk';
import {
  err,
  notFound,
  ok,
  refuseKeptSecret,
  valueAt,
  type Address,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { audited, changesOf } from '../../http/audited';
import { ConnectionCaller } from './connection-caller.service';
import { toConnectionResponse } from './connection.mapper';
import { ConnectionWaker } from './connection-waker.service';

const change = changesOf('connection', 'connection', toConnectionResponse);

export interface ConnectionUpdate {
  readonly name?: string | undefined;
  readonly config?: JsonObject | undefined;
  /** Undefined: those that are stored stay. Null: they go. */
  readonly credentials?: JsonObject | null | undefined;
}

/** Changes of how a connection is reached, and of what it shows there. */
@Injectable()
export class ConnectionSettings {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CredentialVault) private readonly vault: CredentialVault,
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(ConnectionWaker) private readonly waker: ConnectionWaker,
  ) {}

  /** Config and credentials are checked together, and count only if what was not given is still the same at the end. */
  async change(
    tenantId: string,
    actor: AuditActor,
    id: string,
    { name, config: given, credentials }: ConnectionUpdate,
  ): Promise<Result<ConnectionRow, Problem>> {
    const ready = await this.caller.ready(tenantId, id);
    if (!ready.ok) return ready;
    const { opened, connector } = ready.value;
    const config = given ?? opened.config;
    const sealed = credentials == null ? ok(null) : await this.vault.seal(tenantId, id, credentials);
    if (!sealed.ok) return sealed;
    const updated = await this.tenants.run(tenantId, async (tx) => {
      const row = await findConnection(tx, id);
      if (row === null) return err(notFound('connection'));
      const kept = row.has_credentials && credentials === undefined ? opened.credentials : null;
      const checked = this.caller.check(connector, config, credentials ?? kept);
      if (!checked.ok) return checked;
      const refused = kept === null ? null : movedAddresses(connector, opened.config, config, kept);
      if (refused !== null) return err(refused);
      const stored = await updateConnection(tx, id, { name, config }, opened.revision);
      if (!stored.ok) return stored;
      if (credentials !== undefined) {
        const times = credentialTimes(connector, credentials ?? {});
        const replaced = await withCredentials(tx, stored.value, sealed.value, times);
        if (!replaced.ok) return replaced;
      }
      await expireSchemas(tx, id);
      const settled = await this.settled(tx, id, checked.value.complete);
      if (!settled.ok) return settled;
      const details = {
        credentials: credentials === undefined ? 'kept' : credentials === null ? 'dropped' : 'replaced',
      };
      return audited(tx, settled, (after) => change(actor, 'updated', { before: row, after, details }));
    });
    if (updated.ok) await this.waker.goOn(tenantId, updated.value);
    return updated;
  }

  /** Another config may need credentials that are not there, or no longer need them. */
  private async settled(tx: TenantTx, id: string, complete: boolean): Promise<Result<ConnectionRow, Problem>> {
    const row = await findConnection(tx, id);
    if (row === null) return err(notFound('connection'));
    if (!complete && (row.status === 'active' || row.status === 'needs_reauth')) {
      return ok((await setConnectionStatus(tx, id, 'needs_reauth', CREDENTIALS_MISSING)) ?? row);
    }
    if (complete && row.status === 'needs_reauth' && row.status_reason === CREDENTIALS_MISSING) {
      return ok((await setConnectionStatus(tx, id, 'active', null)) ?? row);
    }
    return ok(row);
  }
}

function withCredentials(
  tx: TenantTx,
  { id, revision }: ConnectionRow,
  sealed: SealedCredentials | null,
  times: ReturnType<typeof credentialTimes>,
): Promise<Result<unknown, Problem>> {
  return sealed === null ? dropCredentials(tx, id, revision) : replaceCredentials(tx, id, sealed, revision, times);
}

function movedAddresses(
  { manifest: { addresses } }: Connector,
  before: JsonObject,
  after: JsonObject,
  credentials: JsonObject,
): Problem | null {
  const named = (config: JsonObject): Address[] =>
    addresses.flatMap((pointer) => {
      const value = valueAt({ config, credentials }, pointer);
      return typeof value === 'string' ? [{ pointer, value }] : [];
    });
  return refuseKeptSecret(
    named(before).map(({ value }) => value),
    named(after),
  );
}
