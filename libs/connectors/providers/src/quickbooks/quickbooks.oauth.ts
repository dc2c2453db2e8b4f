import {
  errorOfFailure,
  type AuthorizationAnswer,
  type AuthorizationRequest,
  type ConnectorContext,
  type ConnectorError,
  type OAuthFlow,
  type OAuthGrant,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { QuickBooksClient } from './quickbooks.client';
import { CallMeter } from './quickbooks.meter';
import { endpointOf, quickBooksSettings, recorderOf, type QuickBooksConfig } from './quickbooks.settings';
import { appOf, basic, NO_APP, requestTokens } from './quickbooks.token';

const SCOPE = 'com.intuit.quickbooks.accounting';

/** Intuit documents no PKCE: the state and the client's secret protect the code. */
export const QUICKBOOKS_OAUTH: OAuthFlow = {
  environmentOf: (config) => (config as QuickBooksConfig).environment ?? 'production',

  authorizeUrl({ app, config, redirectUri, state }: AuthorizationRequest): string {
    const url = new URL(endpointOf('authorize', config, app));
    url.search = new URLSearchParams({
      client_id: app.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: SCOPE,
      state,
    }).toString();
    return url.toString();
  },

  accountIn: ({ realmId }) => realmId ?? null,

  async exchangeCode(
    context: ConnectorContext,
    { parameters, redirectUri }: AuthorizationAnswer,
  ): Promise<Result<OAuthGrant, ConnectorError>> {
    // The company is named here and nowhere else.
    const { code, realmId } = parameters;
    if (code === undefined || realmId === undefined || !/^\d{1,30}$/.test(realmId)) {
      return err({
        category: 'config',
        code: 'sign_in_incomplete',
        message: 'The sign-in came back without code or company',
      });
    }
    const granted = await requestTokens(context, { grant_type: 'authorization_code', code, redirect_uri: redirectUri });
    if (!granted.ok) return granted;
    const credentials: JsonObject = { ...granted.value, realm_id: realmId };
    return ok({ credentials, account: { id: realmId, name: await companyName({ ...context, credentials }, realmId) } });
  },

  async revoke(context: ConnectorContext): Promise<Result<null, ConnectorError>> {
    const token = context.credentials['refresh_token'];
    const app = appOf(context);
    if (typeof token !== 'string') return ok(null);
    if (app === null) return err(NO_APP);
    const result = await context.http.request({
      method: 'POST',
      url: endpointOf('revoke', context.config, context.oauthApp),
      headers: { authorization: basic(app), 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ token }),
      timeoutMs: 30_000,
      maxResponseBytes: 64 * 1024,
      signal: context.signal,
    });
    if (!result.ok) return err(recorderOf(context).cleanError(errorOfFailure(result.error, true)));
    // 400: revoked already.
    if (result.value.status < 500) return ok(null);
    return err({
      category: 'transient',
      code: `http_${result.value.status}`,
      message: 'Intuit did not revoke the grant',
    });
  },
};

/** For people to recognise; the grant is good without it. */
async function companyName(context: ConnectorContext, realmId: string): Promise<string> {
  const settings = quickBooksSettings(context);
  if (!settings.ok) return realmId;
  const { result } = await new QuickBooksClient(context, settings.value, new CallMeter()).read((quickBooks, done) =>
    quickBooks.getCompanyInfo(realmId, done),
  );
  const info = result.ok ? (result.value['CompanyInfo'] as { CompanyName?: unknown } | undefined) : undefined;
  return typeof info?.CompanyName === 'string' ? `${info.CompanyName} (${realmId})` : realmId;
}
