import { PendingConsents, redirect } from '../../../kernel/consents';
import { html, htmlPage, type Html } from '../../../kernel/html';
import { type Exchange, type Reply } from '../../../kernel/http-frame';
import { type AccountUser, type NetSuiteAccount } from '../netsuite.account';
import { type NetSuiteState } from '../netsuite.state';
import { SCOPES, type AuthorizationCode, type IntegrationApp } from './oauth-store';

export const AUTHORIZE_PATH = '/app/login/oauth2/authorize.nl';
/** Where the consent form posts to. */
export const CONSENT_PATH = '/app/login/oauth2/consent.nl';

type PendingConsent = Pick<AuthorizationCode, 'app' | 'redirectUri' | 'scope' | 'codeChallenge'> & {
  readonly state: string;
  readonly choices: readonly Choice[];
};

interface Choice {
  readonly account: NetSuiteAccount;
  readonly user: AccountUser;
}

/** The page on which a person lets the hub in, and its headless twin. */
export class AuthorizePages {
  /** When set, the request is approved at once, for the user of `login_hint` or the first one. */
  autoApprove = false;
  private readonly pending = new PendingConsents<PendingConsent>(() => this.state.clock.now());

  constructor(private readonly state: NetSuiteState) {}

  /** `GET /app/login/oauth2/authorize.nl` */
  authorize({ query, headers }: Exchange): Reply {
    const app = this.state.oauth.apps.get(query.get('client_id') ?? '');
    if (!app || app.blocked) return errorPage('unauthorized_client');
    const redirectUri = query.get('redirect_uri') ?? '';
    // Never redirect to an address that nobody registered: that would hand the code to a stranger.
    if (!app.callbackUrls.includes(redirectUri)) return errorPage('invalid_request');
    const state = query.get('state');
    const refuse = (error: string): Reply => redirect(redirectUri, { error, state });
    const wrong = parameterError(query, app);
    if (wrong !== undefined) return refuse(wrong);
    const choices = this.choices(app, headers.host);
    const consent: PendingConsent = {
      app,
      redirectUri,
      scope: readScope(query.get('scope')),
      codeChallenge: query.get('code_challenge') ?? undefined,
      state: state ?? '',
      choices,
    };
    const hinted = choices.find(({ user }) => user.username === query.get('login_hint'));
    if (this.autoApprove) return this.approve(consent, hinted ?? choices[0]);
    if (query.get('prompt') === 'none') {
      const known = choices.find(({ user }) => this.state.oauth.hasGrant(app, user));
      return known ? this.approve(consent, known) : refuse('consent_required');
    }
    return this.showPage(consent, hinted);
  }

  /** `POST` of the consent form. */
  decide({ body }: Exchange): Reply {
    const form = new URLSearchParams(body.toString('utf8'));
    const consent = this.pending.take(form.get('consent') ?? '');
    if (!consent) return errorPage('this page is too old or was answered before: start again');
    if (form.get('decision') !== 'approve') {
      return redirect(consent.redirectUri, { error: 'access_denied', state: consent.state });
    }
    const chosen = consent.choices[Number(form.get('user'))];
    return chosen ? this.approve(consent, chosen) : errorPage('choose a user');
  }

  private approve(consent: PendingConsent, choice: Choice | undefined): Reply {
    if (!choice) return errorPage('the application is installed in no account');
    const { account, user } = choice;
    const code = this.state.oauth.issueCode({ ...consent, account, user });
    return redirect(consent.redirectUri, {
      state: consent.state,
      role: user.roleId,
      entity: user.entityId,
      company: account.id,
      code,
    });
  }

  private choices(app: IntegrationApp, host: string | undefined): Choice[] {
    const addressed = this.state.accountOfHost(host);
    return this.state.accounts
      .filter((account) => app.accounts.includes(account.id) && (!addressed || addressed === account))
      .flatMap((account) => account.users.map((user) => ({ account, user })));
  }

  private showPage(consent: PendingConsent, hinted: Choice | undefined): Reply {
    const key = this.pending.begin(consent);
    const checked = hinted ? consent.choices.indexOf(hinted) : 0;
    return htmlPage('Allow access?', consentForm(key, consent, checked));
  }
}

function parameterError(query: URLSearchParams, app: IntegrationApp): string | undefined {
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  if (!/^[\x20-\x7e]{22,1024}$/.test(query.get('state') ?? '')) return 'invalid_request';
  const scope = readScope(query.get('scope'));
  const known: readonly string[] = SCOPES;
  if (scope.length === 0 || scope.some((name) => !known.includes(name))) return 'invalid_scope';
  const challenge = query.get('code_challenge');
  if (challenge === null) return app.clientSecret === undefined ? 'invalid_request' : undefined;
  const fits = query.get('code_challenge_method') === 'S256' && /^[A-Za-z0-9_-]{43}$/.test(challenge);
  if (!fits) return 'invalid_request';
  const prompt = query.get('prompt');
  return prompt === null || ['none', 'login', 'consent'].includes(prompt) ? undefined : 'invalid_request';
}

function readScope(text: string | null): string[] {
  return (text ?? '').split(/[ +]+/).filter((name) => name !== '');
}

function consentForm(key: string, { app, scope, redirectUri, choices }: PendingConsent, checked: number): Html {
  const options = choices.map(
    ({ account, user }, index) =>
      html`<label
        ><input type="radio" name="user" value="${index}" ${index === checked ? html`checked` : html``} />
        ${user.username} <span class="pill">${user.roleName}</span
        ><span class="pill">${account.companyName} (${account.id})</span></label
      >`,
  );
  return html`<div class="card">
    <h1>Allow access to NetSuite?</h1>
    <p class="lead">
      <strong>${app.name}</strong> asks for: <code>${scope.join(' ')}</code>. Afterwards you return to
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

function errorPage(error: string): Reply {
  const body = html`<div class="card">
    <h1>The application cannot be authorized.</h1>
    <p><code>${error}</code></p>
  </div>`;
  return htmlPage('OAuth error', body, { status: 400 });
}
