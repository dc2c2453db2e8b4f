import { PendingConsents, redirect } from '../../../kernel/consents';
import { html, htmlPage, type Html } from '../../../kernel/html';
import { type Exchange, type Reply } from '../../../kernel/http-frame';
import { type Company } from '../quickbooks.company';
import { type AuthorizationCode } from './oauth-store';
import { SCOPES } from './openid.handler';
import { type OAuthParts } from './token.handler';

/** Where the connect form posts to. */
export const CONSENT_PATH = '/connect/oauth2/consent';

type PendingConsent = Pick<AuthorizationCode, 'app' | 'redirectUri' | 'scope' | 'nonce'> & {
  readonly state: string;
};

/** The page on which a person connects a company, and its headless twin. */
export class AuthorizePages {
  /** When set, the request is approved at once: for the company of `login_hint` (its realm id, its short name or its
   * administrator's address), else for the first. */
  autoApprove = false;
  private readonly pending = new PendingConsents<PendingConsent>(() => this.parts.nowMs());

  constructor(private readonly parts: OAuthParts) {}

  /** `GET /connect/oauth2` */
  authorize({ query }: Exchange): Reply {
    const app = this.parts.store.apps.get(query.get('client_id') ?? '');
    if (!app) return errorPage('invalid_client', 'The client_id is missing or unknown.');
    const redirectUri = query.get('redirect_uri') ?? '';
    // Never redirect to an address that nobody registered: that would hand the code to a stranger.
    if (!app.callbackUrls.includes(redirectUri)) {
      return errorPage(
        'invalid_redirect_uri',
        'The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs section on your app’s keys tab and matches exactly.',
      );
    }
    const state = query.get('state') ?? '';
    if (state === '')
      return errorPage('invalid_request', 'The state query parameter is missing from the authorization request.');
    const refuse = (error: string): Reply => redirect(redirectUri, { error, state });
    if (query.get('response_type') !== 'code') return refuse('unsupported_response_type');
    const scope = readScope(query.get('scope'));
    if (scope === undefined) return refuse('invalid_scope');
    const nonce = query.get('nonce') ?? undefined;
    const consent = { app, redirectUri, scope, nonce, state };
    const hint = query.get('login_hint') ?? undefined;
    const hinted = this.parts.companies.find(
      ({ realmId, account }) => hint === realmId || hint === account.slug || hint === account.adminEmail,
    );
    const preselected = hinted ?? this.parts.companies[0];
    if (!preselected) throw new Error('a sandbox has companies');
    return this.autoApprove ? this.approve(consent, preselected) : this.showPage(consent, preselected);
  }

  /** `POST` of the connect form. */
  decide({ body }: Exchange): Reply {
    const form = new URLSearchParams(body.toString('utf8'));
    const consent = this.pending.take(form.get('consent') ?? '');
    if (!consent) return errorPage('invalid_request', 'This page is too old or was answered before: start again.');
    if (form.get('decision') !== 'approve') {
      return redirect(consent.redirectUri, { error: 'access_denied', state: consent.state });
    }
    const company = this.parts.companies.find(({ realmId }) => realmId === form.get('realm'));
    return company ? this.approve(consent, company) : errorPage('invalid_request', 'Choose a company.');
  }

  /** The callback is the only place that ever names the company. */
  private approve(consent: PendingConsent, company: Company): Reply {
    const code = this.parts.store.issueCode({ ...consent, company });
    return redirect(consent.redirectUri, { code, state: consent.state, realmId: company.realmId });
  }

  private showPage(consent: PendingConsent, preselected: Company): Reply {
    const key = this.pending.begin(consent);
    return htmlPage('Connect a company', connectForm(key, consent, this.parts.companies, preselected));
  }
}

function connectForm(
  key: string,
  { app, scope, redirectUri }: PendingConsent,
  companies: readonly Company[],
  preselected: Company,
): Html {
  const options = companies.map((company) => {
    const checked = company === preselected ? html`checked` : html``;
    return html`<label
      ><input type="radio" name="realm" value="${company.realmId}" ${checked} /> ${company.account.companyName}
      <span class="pill">company ${company.realmId}</span><span class="pill">${company.account.adminEmail}</span></label
    >`;
  });
  return html`<div class="card">
    <h1>Connect ${app.name} to QuickBooks?</h1>
    <p class="lead">
      <strong>${app.name}</strong> asks for: <code>${scope}</code>. Afterwards you return to
      <code>${redirectUri}</code>. If the company was connected to this app before, the earlier connection ends.
    </p>
    <form method="post" action="${CONSENT_PATH}">
      <input type="hidden" name="consent" value="${key}" />
      <fieldset>
        <legend>Which company do you want to connect?</legend>
        ${options}
      </fieldset>
      <p>
        <button class="primary" name="decision" value="approve">Connect</button
        ><button name="decision" value="deny">No, thanks</button>
      </p>
    </form>
  </div>`;
}

function readScope(text: string | null): string | undefined {
  const names = (text ?? '').split(/[ +]+/).filter((name) => name !== '');
  return names.length > 0 && names.every((name) => SCOPES.includes(name)) ? names.join(' ') : undefined;
}

function errorPage(error: string, description: string): Reply {
  const body = html`<div class="card">
    <h1>Sorry, but the app didn&#39;t connect</h1>
    <p>${description}</p>
    <p><code>error=${error}</code></p>
  </div>`;
  return htmlPage('Connection error', body, { status: 400 });
}
