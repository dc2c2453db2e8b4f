import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  queryInteger,
  type AdminRouter,
  type ControlParts,
} from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { advanceBulkJobs } from '../bulk/bulk-processor';
import { readItemType } from '../data/input-reader';
import { mergeRecords } from '../data/merge-records';
import { printRecord } from '../data/record-reader';
import { deleteRecord, insertRecord, requireRecord, updateRecord } from '../data/record-writer';
import { type ApiContext } from '../salesforce.context';
import { Rejection } from '../salesforce.errors';
import { parseJson, printJson, type JsonObjectNode } from '../salesforce.json';
import { type SalesforceOrg } from '../salesforce.org';
import { type SalesforceState } from '../salesforce.state';
import { asColleague } from './as-colleague';
import { findOrg } from './find-org';
import { addSchemaControls } from './schema.control';
import { changeSettings, SETTINGS, showSettings } from './settings.control';

const ORG = z.strictObject({ org: z.string().optional() });
const TOUCH = z.strictObject({
  org: z.string().optional(),
  object: z.string(),
  id: z.string().optional(),
  key: z.strictObject({ field: z.string(), value: z.string() }).optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  delete: z.boolean().default(false),
});
const SEED = z.strictObject({ org: z.string().optional(), records: z.array(z.record(z.string(), z.unknown())) });
const MERGE = z.strictObject({ org: z.string().optional(), object: z.string(), winner: z.string(), loser: z.string() });
const REVOKE = z.strictObject({ org: z.string().optional(), token: z.string().optional() });
const OUTBOUND = z.strictObject({
  org: z.string().optional(),
  object: z.string(),
  url: z.url(),
  fields: z.array(z.string()).default([]),
  retry_ms: z.number().int().min(10).max(3_600_000).default(60_000),
});
const HOLD = z.strictObject({ org: z.string().optional(), held: z.boolean() });
const APP = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  name: z.string().optional(),
  callback_urls: z.array(z.url()),
  require_pkce: z.boolean().default(false),
});
/** The switches of this vendor, on top of clock, faults and journal. */
export function addSalesforceControls(
  router: AdminRouter,
  state: SalesforceState,
  { clock, faults, journal }: ControlParts,
): AdminRouter {
  return addOutboundControls(addRecordControls(addSchemaControls(router, state), state), state)
    .on('POST', `${ADMIN_PREFIX}/reset`, () => {
      clock.reset();
      faults.clear();
      journal.clear();
      state.reset();
      return { status: 204 };
    })
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
        requirePkce: app.require_pkce,
      });
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/expire`, (exchange) => {
      const { org } = parseControl(ORG, exchange);
      return jsonReply(200, {
        expired: state.oauth.expireSessions(org === undefined ? undefined : findOrg(state, org).id),
      });
    })
    .on('POST', `${ADMIN_PREFIX}/tokens/revoke`, (exchange) => {
      const { org, token } = parseControl(REVOKE, exchange);
      if (token !== undefined) return jsonReply(200, { revoked: state.oauth.revoke(token) ? 1 : 0 });
      return jsonReply(200, {
        revoked: state.oauth.revokeGrants(org === undefined ? undefined : findOrg(state, org).id),
      });
    })
    .on('GET', `${ADMIN_PREFIX}/settings`, () => jsonReply(200, showSettings(state)))
    .on('POST', `${ADMIN_PREFIX}/settings`, (exchange) => {
      const { org, ...wanted } = parseControl(SETTINGS, exchange);
      changeSettings(state, org === undefined ? state.orgs : [findOrg(state, org)], wanted);
      return jsonReply(200, showSettings(state));
    });
}

/** What an admin of the org sets up in a flow, and what the vendor does with it by itself. */
function addOutboundControls(router: AdminRouter, state: SalesforceState): AdminRouter {
  return router
    .on('POST', `${ADMIN_PREFIX}/outbound-messages`, (exchange) => {
      const { org: name, object, url, fields, retry_ms: retryMs } = parseControl(OUTBOUND, exchange);
      const org = findOrg(state, name);
      requireObjectNamed(asColleague(org), object);
      return jsonReply(201, { id: org.outbound.add({ object, url, fields, retryMs }) });
    })
    .on('GET', `${ADMIN_PREFIX}/outbound-messages`, () =>
      jsonReply(200, { orgs: state.orgs.map((org) => ({ org: org.id, messages: org.outbound.state() })) }),
    )
    .on('POST', `${ADMIN_PREFIX}/outbound-messages/hold`, (exchange) => {
      const { org, held } = parseControl(HOLD, exchange);
      findOrg(state, org).outbound.hold(held);
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/outbound-messages/repeat`, (exchange) => {
      const { org } = parseControl(ORG, exchange);
      void findOrg(state, org).outbound.repeat();
      return { status: 202 };
    });
}

function addRecordControls(router: AdminRouter, state: SalesforceState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/records`, ({ query }) => {
      const org = findOrg(state, query.get('org') ?? undefined);
      return { ...jsonReply(200, {}), body: printJson(listRecords(org, query)) };
    })
    .on('GET', `${ADMIN_PREFIX}/records/counts`, () => {
      state.orgs.forEach(advanceBulkJobs);
      return jsonReply(200, {
        orgs: state.orgs.map((org) => ({
          org: org.id,
          username: org.account.username,
          counts: Object.fromEntries(org.schema.objects.map(({ name }) => [name, org.store.count(name)])),
        })),
      });
    })
    .on('POST', `${ADMIN_PREFIX}/seed`, (exchange) => {
      const { org: name, records } = parseControl(SEED, exchange);
      const context = asColleague(findOrg(state, name));
      const ids = vendorSays(context, () =>
        records.map((record) => {
          const node = toNode(record);
          return insertRecord(context, requireObjectNamed(context, readItemType(node)), node).id;
        }),
      );
      return jsonReply(201, { ids });
    })
    .on('POST', `${ADMIN_PREFIX}/touch`, (exchange) => {
      const wanted = parseControl(TOUCH, exchange);
      const context = asColleague(findOrg(state, wanted.org));
      return jsonReply(200, { id: vendorSays(context, () => touch(context, wanted)) });
    })
    .on('POST', `${ADMIN_PREFIX}/merge`, (exchange) => {
      const { org, object: name, winner, loser } = parseControl(MERGE, exchange);
      const context = asColleague(findOrg(state, org));
      const object = requireObjectNamed(context, name);
      if (!object.byName.has('masterrecordid')) throw new ControlError(400, `records of ${name} are not merged`);
      if (winner === loser) throw new ControlError(400, 'a record is not merged with itself');
      vendorSays(context, () =>
        mergeRecords(context, object, requireRecord(context, object, winner), requireRecord(context, object, loser)),
      );
      return { status: 204 };
    });
}

/** Changes or deletes a record as a colleague would in the vendor's own screens. */
function touch(context: ApiContext, wanted: z.infer<typeof TOUCH>): string {
  const object = requireObjectNamed(context, wanted.object);
  const field = object.byName.get((wanted.key?.field ?? '').toLowerCase());
  const found =
    wanted.key && field ? context.org.store.findByKey(object.name, field, wanted.key.value)[0]?.id : wanted.id;
  if (found === undefined) throw new ControlError(404, 'no record with that id or key');
  const record = requireRecord(context, object, found);
  if (wanted.delete) deleteRecord(context, object, record);
  else updateRecord(context, object, record, toNode(wanted.fields));
  return record.id;
}

function vendorSays<T>(context: ApiContext, work: () => T): T {
  const { store } = context.org;
  const savepoint = store.savepoint();
  try {
    const result = work();
    store.commit();
    return result;
  } catch (error) {
    store.rollback(savepoint);
    if (error instanceof Rejection) throw new ControlError(400, JSON.stringify(error.items));
    throw error;
  }
}

function toNode(record: Readonly<Record<string, unknown>>): JsonObjectNode {
  const node = parseJson(JSON.stringify(record));
  if (node.kind !== 'object') throw new ControlError(400, 'a record is a JSON object');
  return node;
}

function requireObjectNamed({ org }: ApiContext, name: string): ReturnType<SalesforceOrg['schema']['object']> & object {
  const object = org.schema.object(name);
  if (!object) throw new ControlError(400, `no such object: ${name}`);
  return object;
}

function listRecords(org: SalesforceOrg, query: URLSearchParams): object {
  advanceBulkJobs(org);
  const context = asColleague(org);
  const name = query.get('object');
  const search = query.get('q')?.toLowerCase();
  const includeDeleted = query.get('deleted') === 'true';
  const objects = name === null ? org.schema.objects : [requireObjectNamed(context, name)];
  const found = objects.flatMap((object) =>
    [...org.store.all(object.name)]
      .filter(({ deletedAtMs }) => includeDeleted || deletedAtMs === undefined)
      .filter(({ values }) => search === undefined || printJson(values).toLowerCase().includes(search))
      .map(({ values }) => ({ object, values })),
  );
  const offset = queryInteger(query, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = queryInteger(query, 'limit', 200, 10_000);
  const records = found.slice(offset, offset + limit).map(({ object, values }) => printRecord(context, object, values));
  return { org: org.id, total: found.length, records };
}
