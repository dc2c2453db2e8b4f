import {
  errorOfFailure,
  type AuthorizationAnswer,
  type AuthorizationRequest,
  type ConnectorContext,
  type ConnectorError,
  type OAuthFlow,
  type OAuthGrant,
  type TokenLifetime,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { normaliseId } from './salesforce.ids';
import { loginUrlOf, type SalesforceConfig } from './salesforce.settings';
import { credentialsOfAnswer, postForm, readTokenAnswer, recorderOf } from './salesforce.token';

const SCOPES = 'api refresh_token';

/** Web server flow: https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm */
export const SALESFORCE_OAUTH: OAuthFlow = {
  environmentOf: (config) => (config as SalesforceConfig).environment ?? 'production',

  authorizeUrl({ app, config, redirectUri, state, codeChallenge }: AuthorizationRequest): string {
    const url = new URL('/services/oauth2/authorize', loginUrlOf(config, app));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: SCOPES,
      state,
      code_challenge: codeChallenge,
      code_challenge_method: 'S256',
      // Somebody who is signed in to another org in the same browser must be able to choose.
      prompt: 'login consent',
    }).toString();
    return url.toString();
  },

  exchangeCode,

  async revoke(context: ConnectorContext): Promise<Result<null, ConnectorError>> {
    const token = context.credentials['refresh_token'];
    if (typeof token !== 'string') return ok(null);
    const login = loginUrlOf(context.config, context.oauthApp, context.credentials);
    const answered = await postForm(context, `${login}/services/oauth2/revoke`, {
      token,
    });
    if (!answered.ok) return err(recorderOf(context).cleanError(errorOfFailure(answered.error, true)));
    // 400: unsupported or already ended; either way there is nothing left to end.
    return answered.value.status < 500 ? ok(null) : err(unavailable(answered.value.status));
  },
};

/** There is no `expires_in`: a token lives as long as the org's session policy says, and ends with a 401. */
export function salesforceTokenLifetime(credentials: JsonObject): TokenLifetime | null {
  const issuedAt = credentials['issued_at'];
  if (typeof issuedAt !== 'string' || !/^\d{1,16}$/.test(issuedAt)) return null;
  return { issuedAtMs: Number(issuedAt), expiresAtMs: null, refreshExpiresAtMs: null };
}

async function exchangeCode(
  context: ConnectorContext,
  { parameters, redirectUri, codeVerifier }: AuthorizationAnswer,
): Promise<Result<OAuthGrant, ConnectorError>> {
  const { oauthApp: app } = context;
  const code = parameters['code'];
  if (app === null || code === undefined) {
    return err({ category: 'config', code: 'sign_in_incomplete', message: 'The sign-in came back without a code' });
  }
  const loginUrl = loginUrlOf(context.config, app);
  const answer = await readTokenAnswer(context, `${loginUrl}/services/oauth2/token`, {
    grant_type: 'authorization_code',
    code,
    client_id: app.clientId,
    ...(app.clientSecret === null ? {} : { client_secret: app.clientSecret }),
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  });
  if (!answer.ok) return answer;
  const credentials = credentialsOfAnswer(context, {}, answer.value);
  if (!credentials.ok) return credentials;
  const { refresh_token: refreshToken, instance_url: instanceUrl } = credentials.value;
  if (typeof refreshToken !== 'string') {
    return err({
      category: 'config',
      code: 'no_refresh_token',
      message:
        'Salesforce gave no refresh token: the app needs the scope "refresh_token" (perform requests at any time)',
    });
  }
  const identity = readIdentity(answer.value['id']);
  if (identity === null) {
    return err({ category: 'transient', code: 'unreadable_answer', message: 'The token answer does not name the org' });
  }
  const instance = typeof instanceUrl === 'string' ? new URL(instanceUrl).host : 'Salesforce';
  return ok({
    credentials: { ...credentials.value, user_id: identity.userId },
    account: { id: identity.orgId, name: `${instance} (${identity.orgId})` },
  });
}

/** `https://login.salesforce.com/id/<org>/<user>`: read, never called. */
function readIdentity(url: unknown): { orgId: string; userId: string } | null {
  const [, org, user] =
    /\/id\/([0-9A-Za-z]{15,18})\/([0-9A-Za-z]{15,18})$/.exec(typeof url === 'string' ? url : '') ?? [];
  const orgId = normaliseId(org ?? '');
  const userId = normaliseId(user ?? '');
  return orgId === null || userId === null ? null : { orgId, userId };
}

function unavailable(status: number): ConnectorError {
  return {
    category: 'transient',
    code: `http_${status}`,
    message: `Salesforce answered the revocation with HTTP status ${status}`,
    httpStatus: status,
  };
}
