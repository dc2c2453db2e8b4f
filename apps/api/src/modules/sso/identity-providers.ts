import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type * as OpenId from 'openid-client';
import { err, ok, type Logger, type Result, type SafeHttp } from '@hub/platform';
import { LOGGER, PUBLIC_URL, SAFE_HTTP } from '../../tokens';
import { ProviderUnreachable, safeFetch } from './safe-fetch';

/** Where a provider is, and as whom the hub comes to it. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What follows from the secret that only the browser has, which was sent away. */
export interface Expected {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What a provider says of a person, its signature, issuer, audience, times and nonce checked. */
export interface Identity {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly name: string | null;
}

export type ProviderFailure = 'unreachable' | 'refused' | 'not_trusted';

const KEPT_MS = 10 * 60_000;
const CLOCK_TOLERANCE_SECONDS = 30;
const SCOPE = 'openid email profile';

/** Loaded when somebody comes this way: most hubs have nobody who does, and every start would wait for it. */
const loadOpenId = (): Promise<typeof OpenId> => import('openid-client');

/** OpenID Connect, authorization code flow with PKCE, through `openid-client`. */
@Injectable()
export class IdentityProviders {
  private readonly known = new LRUCache<string, OpenId.Configuration>({ max: 1_000, ttl: KEPT_MS });

  constructor(
    @Inject(SAFE_HTTP) private readonly http: SafeHttp,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A hub that is itself reached without TLS is somebody's own machine, and so may its provider be. */
  get takesPlainHttp(): boolean {
    return this.publicUrl?.startsWith('http://') === true;
  }

  /** Asks the provider itself. @returns why it cannot be used */
  async look(provider: Provider): Promise<Result<null, ProviderFailure>> {
    const found = await this.discover(provider);
    return found.ok ? ok(null) : found;
  }

  async addressOf(
    provider: Provider,
    redirectUri: string,
    { state, nonce, verifier }: Expected,
  ): Promise<Result<string, ProviderFailure>> {
    const found = await this.discover(provider);
    if (!found.ok) return found;
    const openid = await loadOpenId();
    const address = openid.buildAuthorizationUrl(found.value, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return ok(address.toString());
  }

  /** @param came where the browser came back to, with what the provider put there */
  async identify(provider: Provider, came: URL, expected: Expected): Promise<Result<Identity, ProviderFailure>> {
    const found = await this.discover(provider);
    if (!found.ok) return found;
    const openid = await loadOpenId();
    try {
      const tokens = await openid.authorizationCodeGrant(found.value, came, {
        expectedState: expected.state,
        expectedNonce: expected.nonce,
        pkceCodeVerifier: expected.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) return err('not_trusted');
      const said =
        claims['email'] === undefined
          ? await openid.fetchUserInfo(found.value, tokens.access_token, claims.sub)
          : claims;
      return ok({
        email: typeof said['email'] === 'string' ? said['email'].toLowerCase() : null,
        isEmailVerified: said['email_verified'] === true,
        name: typeof said['name'] === 'string' ? said['name'] : null,
      });
    } catch (error) {
      return err(this.failureOf(error, openid));
    }
  }

  private async discover({
    issuer,
    clientId,
    clientSecret,
  }: Provider): Promise<Result<OpenId.Configuration, ProviderFailure>> {
    const key = JSON.stringify([issuer, clientId, clientSecret]);
    const kept = this.known.get(key);
    if (kept !== undefined) return ok(kept);
    const openid = await loadOpenId();
    try {
      const found = await openid.discovery(
        new URL(issuer),
        clientId,
        { [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
        authenticate(openid, clientSecret),
        {
          [openid.customFetch]: safeFetch(this.http),
          execute: [
            // The token comes straight from the provider, over TLS; its signature is checked all the same.
            openid.enableNonRepudiationChecks,
            ...(this.takesPlainHttp ? [openid.allowInsecureRequests] : []),
          ],
        },
      );
      this.known.set(key, found);
      return ok(found);
    } catch (error) {
      return err(this.failureOf(error, openid));
    }
  }

  /** By codes, never by text; and nothing of what the provider wrote is logged: it may hold a token. */
  private failureOf(error: unknown, openid: typeof OpenId): ProviderFailure {
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof ProviderUnreachable) return 'unreachable';
    const { code, error: word } = error as { code?: unknown; error?: unknown };
    const failure = error instanceof openid.AuthorizationResponseError ? 'refused' : 'not_trusted';
    this.logger.warn(`an identity provider's answer was not taken: ${failure}`, {
      code: [code, word].filter((part) => typeof part === 'string').join(' '),
    });
    return failure;
  }
}

/** As the provider takes it; by HTTP Basic where it does not say (OpenID Connect Discovery 1.0, section 3). */
function authenticate(openid: typeof OpenId, secret: string): OpenId.ClientAuth {
  const [basic, post] = [openid.ClientSecretBasic(secret), openid.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported;
    return taken === undefined || taken.includes('client_secret_basic')
      ? basic(server, ...rest)
      : post(server, ...rest);
  };
}
