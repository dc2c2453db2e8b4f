import {
  type AuthorizationAnswer,
  type AuthorizationRequest,
  type ConnectorContext,
  type ConnectorError,
  type OAuthFlow,
  type OAuthGrant,
} from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { endpointOf, type NetSuiteConfig } from './netsuite.settings';
import { realmOf } from './netsuite.tba';
import { appOf, NO_APP, postForm, requestTokens, SCOPE } from './netsuite.token';

/** Authorization code with PKCE (S256, the only method NetSuite has). */
export const NETSUITE_OAUTH: OAuthFlow = {
  environmentOf: (config) => (config as unknown as NetSuiteConfig).environment ?? 'production',

  authorizeUrl({ app, config, redirectUri, state, codeChallenge }: AuthorizationRequest): string {
    const url = new URL(endpointOf('authorize', config, app));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
    }).toString();
    return url.toString();
  },

  async exchangeCode(
    context: ConnectorContext,
    { parameters, redirectUri, codeVerifier }: AuthorizationAnswer,
  ): Promise<Result<OAuthGrant, ConnectorError>> {
    const { code, company } = parameters;
    const wanted = realmOf((context.config as unknown as NetSuiteConfig).account_id);
    if (code === undefined || company === undefined) {
      return refuse('sign_in_incomplete', 'The sign-in came back without code or company');
    }
    // Whoever signs in chooses among all companies and roles that they have.
    if (realmOf(company) !== wanted) {
      return refuse('other_account', 'The sign-in is of another account than the one in the settings');
    }
    const granted = await requestTokens(
      { ...context, credentials: {} },
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier },
    );
    if (!granted.ok) return granted;
    if (typeof granted.value['refresh_token'] !== 'string') {
      return refuse('no_refresh_token', 'NetSuite gave no refresh token');
    }
    return ok({ credentials: granted.value, account: { id: wanted, name: `NetSuite ${wanted}` } });
  },

  async revoke(context: ConnectorContext): Promise<Result<null, ConnectorError>> {
    const token = context.credentials['refresh_token'];
    // Certificates and tokens of the token-based kind are ended by the account's administrator alone.
    if (typeof token !== 'string') return ok(null);
    const app = appOf(context);
    if (app === null) return err(NO_APP);
    const revoked = await postForm(context, 'revoke', app, { token });
    if (revoked.ok || revoked.error.category === 'auth_revoked') return ok(null);
    return revoked;
  },
};

function refuse(code: string, message: string): Result<never, ConnectorError> {
  return err({ category: 'config', code, message });
}
