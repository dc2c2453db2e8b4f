import {
  err,
  ok,
  problem,
  silentLogger,
  type CryptoError,
  type JsonObject,
  type Keyring,
  type Logger,
  type Problem,
  type Result,
} from '@hub/platform';
import { TenantDataKeys, type TenantDb } from '@hub/tenancy';
import { type SealedCredentials } from '../store/connection.types';

/** What is sealed: text for one purpose does not open for another. */
export type SealedField = 'credentials' | 'oauth_verifier' | 'alert_channel' | 'sso_secret';

export interface CredentialVaultOptions {
  readonly tenants: TenantDb;
  readonly keyring: Keyring;
  readonly logger?: Logger;
}

/**
 * Seals credentials under the tenant's data key, bound to tenant and connection: a ciphertext that is copied to another
 * connection or tenant does not open. The data key is made when it is first needed, never inside a caller's transaction.
 */
export class CredentialVault {
  private readonly keys: TenantDataKeys;
  private readonly logger: Logger;

  constructor(options: CredentialVaultOptions) {
    this.keys = new TenantDataKeys(options);
    this.logger = options.logger ?? silentLogger;
  }

  /** @returns an `unavailable` problem when the tenant's data key cannot be made or unwrapped. */
  async seal(
    tenantId: string,
    connectionId: string,
    credentials: JsonObject,
    field: SealedField = 'credentials',
  ): Promise<Result<SealedCredentials, Problem>> {
    const key = await this.keys.active(tenantId);
    if (!key.ok) return err(this.unavailable(tenantId, connectionId, key.error));
    const aad = { tenantId, connectionId, field };
    const sealed = this.keys.envelope.seal(JSON.stringify(credentials), { dataKey: key.value.dataKey, aad });
    return ok({ sealed, keyId: key.value.id });
  }

  /** @returns an `unavailable` problem when the key is not there, or the text was not sealed for this place. */
  async open(
    tenantId: string,
    connectionId: string,
    credentials: SealedCredentials,
    field: SealedField = 'credentials',
  ): Promise<Result<JsonObject, Problem>> {
    const key = await this.keys.byId(tenantId, credentials.keyId);
    if (!key.ok) return err(this.unavailable(tenantId, connectionId, key.error));
    const aad = { tenantId, connectionId, field };
    const opened = this.keys.envelope.open(credentials.sealed, { dataKey: key.value.dataKey, aad });
    if (!opened.ok) return err(this.unavailable(tenantId, connectionId, opened.error));
    return ok(JSON.parse(opened.value.toString('utf8')) as JsonObject);
  }

  /** Makes the tenant's data key ready, so that a following `seal` and `open` need no database. */
  async warm(tenantId: string): Promise<Result<null, Problem>> {
    const key = await this.keys.active(tenantId);
    return key.ok ? ok(null) : err(this.unavailable(tenantId, undefined, key.error));
  }

  /** The caller learns that it is the hub's fault; which key or byte was wrong is for the operator's log. */
  private unavailable(tenantId: string, connectionId: string | undefined, error: CryptoError): Problem {
    this.logger.error('credentials cannot be sealed or opened', {
      tenant_id: tenantId,
      connection_id: connectionId,
      code: error.code,
    });
    return problem('unavailable', 'credentials_unreadable', 'The stored credentials cannot be used at the moment.');
  }
}
