import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  type AdminRouter,
  type ControlParts,
} from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { type QuickBooksState } from '../quickbooks.state';
import { FAULT_PRESET, presetRule } from './fault-presets';
import { addRecordControls } from './record.control';
import { SETTINGS, changeSettings, findCompany, showSettings } from './settings.control';
import { addWebhookControls } from './webhook.control';

const RESET = z.strictObject({ empty: z.boolean().optional() });
const REALM = z.strictObject({ realm: z.string().optional() });
const REVOKE = z.strictObject({ realm: z.string().optional(), token: z.string().optional() });
const APP = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  name: z.string().optional(),
  callback_urls: z.array(z.url()),
});

/** The switches of this vendor, on top of clock, faults and journal. */
export function addQuickBooksControls(router: AdminRouter, state: QuickBooksState, parts: ControlParts): AdminRouter {
  addRecordControls(router, state);
  addWebhookControls(router, state);
  addTokenControls(router, state);
  const { clock, faults, journal } = parts;
  return router
    .on('POST', `${ADMIN_PREFIX}/reset`, (exchange) => {
      const { empty } = parseControl(RESET, exchange);
      clock.reset();
      faults.clear();
      journal.clear();
      state.reset(empty);
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/faults/preset`, (exchange) => {
      const preset = parseControl(FAULT_PRESET, exchange);
      const rule = presetRule(preset, clock.now());
      try {
        return jsonReply(201, { ids: [faults.add(rule)] });
      } catch (error) {
        if (error instanceof SyntaxError) throw new ControlError(400, 'path is not a regular expression');
        throw error;
      }
    })
    .on('GET', `${ADMIN_PREFIX}/request-ids`, ({ query }) => {
      const company = findCompany(state, query.get('realm') ?? undefined);
      return jsonReply(200, { realm: company.realmId, request_ids: company.requests.list() });
    })
    .on('GET', `${ADMIN_PREFIX}/settings`, () => jsonReply(200, showSettings(state)))
    .on('POST', `${ADMIN_PREFIX}/settings`, (exchange) => {
      changeSettings(state, parseControl(SETTINGS, exchange));
      return jsonReply(200, showSettings(state));
    });
}

function addTokenControls(router: AdminRouter, state: QuickBooksState): void {
  router
    .on('GET', `${ADMIN_PREFIX}/accounts`, () =>
      jsonReply(200, { accounts: state.accounts() }, { 'cache-control': 'no-store' }),
    )
    .on('POST', `${ADMIN_PREFIX}/apps`, (exchange) => {
      const app = parseControl(APP, exchange);
      state.registerApp({
        clientId: app.client_id,
        clientSecret: app.client_secret,
        name: app.name,
        callbackUrls: app.callback_urls,
      });
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/expire`, (exchange) => {
      const { realm } = parseControl(REALM, exchange);
      const company = realm === undefined ? undefined : findCompany(state, realm);
      return jsonReply(200, { expired: state.oauth.expireSessions(company) });
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/revoke`, (exchange) => {
      const { realm, token } = parseControl(REVOKE, exchange);
      if (token !== undefined) return jsonReply(200, { revoked: state.oauth.revoke(token) ? 1 : 0 });
      const company = realm === undefined ? undefined : findCompany(state, realm);
      return jsonReply(200, { revoked: state.oauth.disconnect(company) });
    });
}
