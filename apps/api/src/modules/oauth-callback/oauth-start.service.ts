import { Inject, Injectable } from '@nestjs/common';
import { SignIns, type PendingSignIn, type SignInPlace } from '@hub/connections';
import { type Connector, type ConnectorRegistry } from '@hub/connector-sdk';
import { err, ok, type Logger, type Result } from '@hub/platform';
import { FailedRequestLimit } from '../../http/failed-request-limit';
import { CONNECTOR_REGISTRY, LOGGER } from '../../tokens';
import { ConnectionCaller } from '../connections/connection-caller.service';
import {
  INTERNAL,
  NO_SUCH_CONNECTOR,
  refused,
  SETTINGS_CHANGED,
  TOO_MANY,
  UNKNOWN_STATE,
  type CallbackOutcome,
} from './callback-outcome';

/** What somebody is asked before they set out to a vendor. */
export interface Question {
  readonly vendor: string;
  readonly company: string;
  readonly connection: string;
}

/** Somebody who follows the link. */
export interface Visit {
  readonly state: string;
  readonly address: string;
  readonly requestId: string;
}

interface Found {
  readonly place: SignInPlace;
  readonly pending: PendingSignIn;
  readonly connector: Connector;
}

/**
 * The beginning of a sign-in whose link a program has asked for. Whoever follows it may be anybody, sent by anybody: they are
 * told whom they are about to let in, and only their browser can end what it began.
 */
@Injectable()
export class OAuthStartService {
  constructor(
    @Inject(SignIns) private readonly signIns: SignIns,
    @Inject(ConnectionCaller) private readonly caller: ConnectionCaller,
    @Inject(FailedRequestLimit) private readonly failedRequests: FailedRequestLimit,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  question(visit: Visit): Promise<Result<Question, CallbackOutcome>> {
    return this.orPage(visit, () => this.ask(visit));
  }

  /** @returns the vendor's page, for this browser alone */
  begin(visit: Visit, browser: string): Promise<Result<string, CallbackOutcome>> {
    return this.orPage(visit, () => this.setOut(visit, browser));
  }

  /** Never rejects: whoever comes here is a person, and gets a page. */
  private async orPage<T>(
    { requestId }: Visit,
    work: () => Promise<Result<T, CallbackOutcome>>,
  ): Promise<Result<T, CallbackOutcome>> {
    try {
      return await work();
    } catch (error) {
      this.logger.error('a sign-in could not be begun', { request_id: requestId, error });
      return err(INTERNAL);
    }
  }

  private async ask({ state, address }: Visit): Promise<Result<Question, CallbackOutcome>> {
    const found = await this.find(state, address);
    if (!found.ok) return found;
    const { connector, pending } = found.value;
    return ok({
      vendor: connector.manifest.name,
      company: pending.tenantName,
      connection: pending.connectionName,
    });
  }

  private async setOut({ state, address }: Visit, browser: string): Promise<Result<string, CallbackOutcome>> {
    const found = await this.find(state, address);
    if (!found.ok) return found;
    const { place, pending, connector } = found.value;
    const { environment, redirectUri, codeChallenge } = pending;
    const ready = await this.caller.ready(place.tenantId, place.connectionId);
    if (!ready.ok) return err(ready.error.kind === 'not_found' ? refused('gone') : INTERNAL);
    const { config } = ready.value.opened;
    const app = this.caller.parts.oauthApps.find(connector.manifest.id, environment);
    if (connector.oauth === undefined || app === null) return err(NO_SUCH_CONNECTOR);
    if (connector.oauth.environmentOf(config) !== environment) return err(SETTINGS_CHANGED);
    await this.signIns.bind(place, browser);
    return ok(connector.oauth.authorizeUrl({ app, config, redirectUri, state, codeChallenge }));
  }

  private async find(state: string, address: string): Promise<Result<Found, CallbackOutcome>> {
    if (this.failedRequests.isUsedUp(address)) return err(TOO_MANY);
    const place = await this.signIns.find(state);
    if (place === null) return err(this.failedRequests.mayFail(address) ? UNKNOWN_STATE : TOO_MANY);
    const connector = this.connectors.get(place.connectorId);
    if (connector?.oauth === undefined) return err(NO_SUCH_CONNECTOR);
    const pending = await this.signIns.look(place);
    return pending.ok ? ok({ place, pending: pending.value, connector }) : err(refused(pending.error));
  }
}
