import { type JsonObject, type Result } from '@hub/platform';
import { type ConnectorContext } from './connector';
import { type ConnectorError } from './connector-error';

/**
 * The hub's own registration at a vendor: operator configuration, one for each connector and environment.
 * `endpoints` replaces the connector's addresses by name (`authorize`, `token`, `revoke`, `api`): the only thing that tells
 * a stand-in from the vendor.
 */
export interface OAuthApp {
  /** `production`, `sandbox`, or what else the connector's config may name. */
  readonly environment: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
  readonly endpoints: Readonly<Record<string, string>>;
  /** Secrets besides the client secret, by name: Intuit's webhook verifier token, for example. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface AuthorizationRequest {
  readonly app: OAuthApp;
  readonly config: JsonObject;
  /** Distinct for each connector, compared exactly by the vendor (RFC 9700, 4.4.2). */
  readonly redirectUri: string;
  readonly state: string;
  /** S256 challenge (RFC 7636); a connector whose vendor has no PKCE leaves it out. */
  readonly codeChallenge: string;
}

export interface AuthorizationAnswer {
  /** Members of the callback's query, `state` aside: `code`, and what the vendor adds (`realmId`, `company`). */
  readonly parameters: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/** What signing in brought. */
export interface OAuthGrant {
  /** Complete credentials, to be sealed and stored before anything else happens. */
  readonly credentials: JsonObject;
  /** The account at the vendor: a later sign-in for the same connection must name the same one. */
  readonly account: { readonly id: string; readonly name: string };
}

export interface TokenLifetime {
  readonly issuedAtMs: number;
  /** Null where the vendor does not say: the connection is then refreshed after `auth_expired`, and daily. */
  readonly expiresAtMs: number | null;
  /** After this, only signing in again helps. Null where the vendor sets no end. */
  readonly refreshExpiresAtMs: number | null;
}

/** The authorization code flow of a vendor. State, PKCE and storage are the hub's. */
export interface OAuthFlow {
  /** Which of the operator's registrations a connection with this config uses. */
  environmentOf(config: JsonObject): string;

  /** @returns the vendor's page to send the person to. */
  authorizeUrl(request: AuthorizationRequest): string;

  /** The account, where the vendor's answer names it before the code is used. */
  accountIn?(parameters: AuthorizationAnswer['parameters']): string | null;

  /** Turns the code into credentials. `context.credentials` is empty; `context.oauthApp` is set. */
  exchangeCode(context: ConnectorContext, answer: AuthorizationAnswer): Promise<Result<OAuthGrant, ConnectorError>>;

  /** Ends the grant at the vendor. Already ended counts as done. */
  revoke(context: ConnectorContext): Promise<Result<null, ConnectorError>>;
}
