import {
  err,
  ok,
  problem,
  silentLogger,
  type CryptoError,
  type Envelope,
  type Keyring,
  type Logger,
  type Problem,
  type Result,
  type SealPlace,
} from '@hub/platform';
import { TenantDataKeys, type OpenDataKey, type TenantDb } from '@hub/tenancy';

export interface PayloadSealsOptions {
  readonly tenants: TenantDb;
  readonly keyring: Keyring;
  readonly logger?: Logger;
}

/**
 * Parts of payloads that golden cases and back-tests keep are sealed under the tenant's data key: they may outlive their
 * events, and go with the key when the tenant is erased, in backups too.
 */
export class PayloadSeals {
  private readonly keys: TenantDataKeys;
  private readonly logger: Logger;

  constructor(options: PayloadSealsOptions) {
    this.keys = new TenantDataKeys(options);
    this.logger = options.logger ?? silentLogger;
  }

  /**
   * To be had before a transaction, never inside one: the keyring may be across the network.
   * @returns an `unavailable` problem when the tenant's data key cannot be made or unwrapped
   */
  async of(tenantId: string): Promise<Result<PayloadSeal, Problem>> {
    const key = await this.keys.active(tenantId);
    if (key.ok) return ok(new PayloadSeal(tenantId, key.value, this.keys.envelope, this.logger));
    return err(unreadable(this.logger, tenantId, key.error));
  }
}

/** One tenant's. A text that is copied to another row, or tenant, does not open there. */
export class PayloadSeal {
  constructor(
    private readonly tenantId: string,
    private readonly key: OpenDataKey,
    private readonly envelope: Envelope,
    private readonly logger: Logger,
  ) {}

  /** To be stored beside what it sealed. */
  get keyId(): string {
    return this.key.id;
  }

  seal(text: string, field: SampleField, rowId: string): string {
    return this.envelope.seal(text, { dataKey: this.key.dataKey, aad: this.place(field, rowId) });
  }

  /** @returns an `unavailable` problem for what another key has sealed, or for another row */
  open(sealed: string, keyId: string, field: SampleField, rowId: string): Result<string, Problem> {
    const opened =
      keyId === this.key.id
        ? this.envelope.open(sealed, { dataKey: this.key.dataKey, aad: this.place(field, rowId) })
        : err({ code: 'unknown_key' as const, message: 'The data key that sealed this is gone' });
    return opened.ok ? ok(opened.value.toString('utf8')) : err(unreadable(this.logger, this.tenantId, opened.error));
  }

  private place(field: SampleField, rowId: string): SealPlace {
    return { tenantId: this.tenantId, connectionId: rowId, field };
  }
}

export type SampleField = 'golden_case' | 'backtest_item';

/** Which key or byte was wrong is for the operator's log. */
function unreadable(logger: Logger, tenantId: string, { code }: CryptoError): Problem {
  logger.error('parts of payloads cannot be sealed or opened', { tenant_id: tenantId, code });
  return problem('unavailable', 'payloads_unreadable', 'What is kept of payloads cannot be read at the moment.');
}
