import { Inject, Injectable } from '@nestjs/common';
import { type AuditActor } from '@hub/audit';
import { OAuthApps, SignIns, type SignInInitiator } from '@hub/connections';
import { err, ok, problem, type Problem, type Result } from '@hub/platform';
import { type KeyIdentity } from '@hub/tenancy';
import { PUBLIC_URL } from '../../tokens';
import { ConnectionCaller } from './connection-caller.service';
import { redirectUriOf, startUrlOf } from './redirect-uri';

export interface SignInLink {
  /** The vendor's page; the hub's own where the browser is not known yet. */
  readonly authorizeUrl: string;
  readonly expiresAt: Date;
}

/** Makes the link to a vendor's own page on which a person lets the hub in. */
@Injectable()
export class ConnectionSignIn {
  constructor(
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(SignIns) private readonly signIns: SignIns,
    @Inject(OAuthApps) private readonly apps: OAuthApps,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | null,
  ) {}

  async begin(
    caller: KeyIdentity,
    actor: AuditActor,
    connectionId: string,
    returnUrl: string | undefined,
    browser: string | null,
  ): Promise<Result<SignInLink, Problem>> {
    const ready = await this.caller.ready(caller.tenantId, connectionId);
    if (!ready.ok) return ready;
    const { opened, connector } = ready.value;
    if (connector.oauth === undefined) return err(notSupported());
    if (opened.status === 'disabled') {
      return err(
        problem('conflict', 'connection_disabled', 'The connection has been disabled by the operator of the hub.'),
      );
    }
    const environment = connector.oauth.environmentOf(opened.config);
    const app = this.apps.find(connector.manifest.id, environment);
    const redirectUri = redirectUriOf(this.publicUrl, connector.manifest.id);
    if (app === null || redirectUri === null || this.publicUrl === null) {
      return err(notSetUp(connector.manifest.name, environment));
    }
    const target = returnUrlOf(returnUrl, this.publicUrl);
    if (!target.ok) return target;
    const begun = await this.signIns.begin(caller.tenantId, {
      connectionId,
      connectorId: connector.manifest.id,
      environment,
      redirectUri,
      returnUrl: target.value,
      initiator: initiatorOf(caller),
      browser,
      actor,
    });
    if (!begun.ok) return begun;
    const { state, codeChallenge, expiresAt } = begun.value;
    if (browser === null) return ok({ authorizeUrl: startUrlOf(this.publicUrl, state), expiresAt });
    const authorizeUrl = connector.oauth.authorizeUrl({
      app,
      config: opened.config,
      redirectUri,
      state,
      codeChallenge,
    });
    return ok({ authorizeUrl, expiresAt });
  }
}

function initiatorOf({ keyId, person }: KeyIdentity): SignInInitiator {
  if (person === undefined) return { type: 'api_key', id: keyId };
  return { type: person.isOperator ? 'operator' : 'user', id: person.id };
}

/** Only back to the hub itself: anything else would make it a signpost for phishing (RFC 9700, 4.11). */
function returnUrlOf(given: string | undefined, publicUrl: string): Result<string | null, Problem> {
  if (given === undefined) return ok(null);
  const url = URL.canParse(given, publicUrl) ? new URL(given, publicUrl) : null;
  const isOurs = url !== null && url.origin === new URL(publicUrl).origin && url.username === '' && url.password === '';
  if (isOurs) return ok(url.href);
  return err(
    problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
      faults: [
        {
          pointer: '/return_url',
          code: 'foreign_origin',
          message: 'Must be a page of this hub, as it is reached outside',
        },
      ],
    }),
  );
}

function notSupported(): Problem {
  return problem(
    'conflict',
    'not_supported',
    'This connector has no pages to sign in on. Set its credentials instead.',
  );
}

function notSetUp(vendor: string, environment: string): Problem {
  return problem(
    'conflict',
    'sign_in_not_set_up',
    `The operator of this hub has not registered it at ${vendor} (${environment}). Set credentials of your own instead, or ask the operator.`,
    { extra: { environment } },
  );
}
