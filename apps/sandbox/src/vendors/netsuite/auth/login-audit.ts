import { type VirtualClock } from '../../../kernel/virtual-clock';

const MAX_ENTRIES = 2_000;

/** The Detail column of the vendor's Login Audit Trail, for what the simulator refuses. */
export type LoginFailure =
  | 'MissingTokenPassportRequiredFields'
  | 'InvalidAccount'
  | 'FeatureDisabled'
  | 'signature_method_rejected'
  | 'version_rejected'
  | 'consumer_key_unknown'
  | 'consumer_key_refused'
  | 'token_rejected'
  | 'nonce_rejected'
  | 'NonceUsed'
  | 'InvalidTimestamp'
  | 'InvalidSignature'
  | 'permission_denied'
  | 'SessionCookiePresent'
  | 'NoCredentials'
  | 'AccessTokenInvalid'
  | 'AccessTokenExpired'
  | 'ScopeMismatched'
  | 'EntityOrRoleDisabled'
  | 'ConcurrencyLimit'
  | 'RefreshTokenExpired'
  | 'RefreshTokenUsed'
  | 'InvalidIntegration'
  | 'ClientAuthenticationFailed'
  | 'AuthorizationCodeInvalid'
  | 'AuthorizationCodeExpired'
  | 'RedirectUriMismatch'
  | 'CodeVerifierMismatch'
  | 'ClientAssertionMalformed'
  | 'CertificateUnknown'
  | 'CertificateRevoked'
  | 'CertificateExpired'
  | 'AudienceMismatch'
  | 'AssertionExpired';

export interface LoginAttempt {
  /** Absent when it never became clear which account was meant. */
  readonly account?: string;
  readonly user?: string;
  readonly role?: string;
  /** Name of the integration record. */
  readonly application?: string;
  readonly type: 'TBA' | 'OAuth 2.0' | 'OAuth 2.0 token' | 'None';
  /** Method and path. */
  readonly request: string;
  readonly detail?: LoginFailure;
  /** What the vendor would have signed, for a wrong signature: the quickest way to see where two signers differ. */
  readonly baseString?: string;
}

/** The only place where a refused caller's true mistake is told: to the wire, all of them look alike. */
export class LoginAudit {
  private entries: object[] = [];
  private seq = 0;

  constructor(private readonly clock: VirtualClock) {}

  record({ baseString, detail, ...attempt }: LoginAttempt): void {
    this.entries.push({
      seq: ++this.seq,
      at: new Date(this.clock.now()).toISOString(),
      status: detail === undefined ? 'Success' : 'Failure',
      detail: detail ?? null,
      ...attempt,
      ...(baseString === undefined ? {} : { base_string: hideToken(baseString) }),
    });
    if (this.entries.length > MAX_ENTRIES * 2) this.entries = this.entries.slice(-MAX_ENTRIES);
  }

  list(filter: (entry: object) => boolean, limit: number): { total: number; entries: object[] } {
    const matching = this.entries.filter(filter);
    return { total: matching.length, entries: matching.slice(-limit) };
  }

  clear(): void {
    this.entries = [];
  }
}

function hideToken(baseString: string): string {
  return baseString.replace(/(oauth_token%3D)[0-9A-Za-z._~-]+/, '$1[redacted]');
}
