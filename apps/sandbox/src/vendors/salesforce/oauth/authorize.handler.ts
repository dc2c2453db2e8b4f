import { PendingConsents, redirect } from '../../../kernel/consents';
import { html, htmlPage, type Html } from '../../../kernel/html';
import { type Exchange, type Reply } from '../../../kernel/http-frame';
import { type OrgUser, type SalesforceOrg } from '../salesforce.org';
import { type AuthorizationCode } from './oauth-store';
import { type OAuthParts } from './token.handler';

/** Where the real consent form posts to. */
export const CONSENT_PATH = '/setup/secur/RemoteAccessAuthorizationPage.apexp';
const SCOPES = new Set([
  'api',
  'refresh_token',
  'offline_access',
  'full',
  'web',
  'id',
  'profile',
  'email',
  'chatter_api',
  'custom_permissions',
  'visualforce',
]);

type PendingConsent = Pick<AuthorizationCode, 'app' | 'redirectUri' | 'scope' | 'codeChallenge'> & {
  readonly state: string | null;
};

/** The page on which a person lets the hub in, and its headless twin. */
export class AuthorizePages {
  /** When set, the request is approved at once, for the user of `login_hint` or the first org's. */
  autoApprove = false;
  private readonly pending = new PendingConsents<PendingConsent>(() => this.parts.nowMs());

  constructor(private readonly parts: OAuthParts) {}

  /** `GET /services/oauth2/authorize` */
  authorize({ query }: Exchange): Reply {
    const app = this.parts.store.apps.get(query.get('client_id') ?? '');
    if (!app) return errorPage('invalid_client_id', 'client identifier invalid');
    const redirectUri = query.get('redirect_uri') ?? '';
    // Never redirect to an address that nobody registered: that would hand the code to a stranger.
    if (!app.callbackUrls.includes(redirectUri))
      return errorPage('redirect_uri_mismatch', 'redirect_uri must match configuration');
    const state = query.get('state');
    const refuse = (error: string, description: string): Reply =>
      redirect(redirectUri, { error, error_description: description, state });
    if (query.get('response_type') !== 'code') return refuse('unsupported_response_type', 'response type must be code');
    const scope = readScope(query.get('scope'));
    if (scope === undefined) return refuse('invalid_scope', 'the requested scope is not allowed');
    const codeChallenge = query.get('code_challenge') ?? undefined;
    const method = query.get('code_challenge_method') ?? 'S256';
    if (codeChallenge === undefined && app.requirePkce)
      return refuse('invalid_request', 'missing required code challenge');
    if (codeChallenge !== undefined && (method !== 'S256' || !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge))) {
      return refuse('invalid_request', 'invalid code challenge');
    }
    const consent = { app, redirectUri, scope, codeChallenge, state };
    const hint = query.get('login_hint');
    if (this.autoApprove)
      return this.approve(consent, this.choices().find(({ user }) => user.username === hint) ?? this.choices()[0]);
    return this.showPage(consent, hint);
  }

  /** `POST` of the consent form. */
  decide({ body }: Exchange): Reply {
    const form = new URLSearchParams(body.toString('utf8'));
    const consent = this.pending.take(form.get('consent') ?? '');
    if (!consent) return errorPage('invalid_request', 'this page is too old or was answered before: start again');
    if (form.get('decision') !== 'approve') {
      return redirect(consent.redirectUri, {
        error: 'access_denied',
        error_description: 'end-user denied authorization',
        state: consent.state,
      });
    }
    const choice = this.choices().find(({ user }) => user.id === form.get('user'));
    return choice ? this.approve(consent, choice) : errorPage('invalid_request', 'choose a user');
  }

  reset(): void {
    this.pending.clear();
    this.autoApprove = false;
  }

  private approve(consent: PendingConsent, choice: { org: SalesforceOrg; user: OrgUser } | undefined): Reply {
    if (!choice) throw new Error('a sandbox has orgs and each org has users');
    const code = this.parts.store.issueCode({ ...consent, ...choice });
    return redirect(consent.redirectUri, { code, state: consent.state });
  }

  private choices(): { org: SalesforceOrg; user: OrgUser }[] {
    return this.parts.orgs.flatMap((org) => org.users.map((user) => ({ org, user })));
  }

  private showPage(consent: PendingConsent, hint: string | null): Reply {
    const key = this.pending.begin(consent);
    const choices = this.choices();
    const preselected = choices.find(({ user }) => user.username === hint) ?? choices[0];
    return htmlPage('Allow access?', consentForm(key, consent, choices, preselected?.user.id));
  }
}

function consentForm(
  key: string,
  { app, scope, redirectUri }: PendingConsent,
  choices: readonly { org: SalesforceOrg; user: OrgUser }[],
  preselected: string | undefined,
): Html {
  const options = choices.map(({ org, user }) => {
    const checked = user.id === preselected ? html`checked` : html``;
    return html`<label
      ><input type="radio" name="user" value="${user.id}" ${checked} /> ${user.username}
      <span class="pill">${org.account.orgName}</span></label
    >`;
  });
  return html`<div class="card">
    <h1>Allow access to Salesforce?</h1>
    <p class="lead">
      <strong>${app.name}</strong> asks for: <code>${scope}</code>. Afterwards you return to
      <code>${redirectUri}</code>.
    </p>
    <form method="post" action="${CONSENT_PATH}">
      <input type="hidden" name="consent" value="${key}" />
      <fieldset>
        <legend>Log in as</legend>
        ${options}
      </fieldset>
      <p>
        <button class="primary" name="decision" value="approve">Allow</button
        ><button name="decision" value="deny">Deny</button>
      </p>
    </form>
  </div>`;
}

function readScope(text: string | null): string | undefined {
  const names = (text ?? 'api').split(/[ +]+/).filter((name) => name !== '');
  return names.length > 0 && names.every((name) => SCOPES.has(name)) ? names.join(' ') : undefined;
}

function errorPage(error: string, description: string): Reply {
  const body = html`<div class="card">
    <h1>We can&#39;t authorize you because of an OAuth error.</h1>
    <p><code>error=${error}</code><br /><code>error_description=${description}</code></p>
  </div>`;
  return htmlPage('OAuth error', body, { status: 400 });
}
