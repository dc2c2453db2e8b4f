import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  queryInteger,
  type AdminRouter,
} from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { readRecord } from '../data/input-reader';
import { findByExternalId } from '../data/record-lookup';
import { FULL, printRecord } from '../data/record-reader';
import { type StoredRecord } from '../data/record-store';
import { createRecord, deleteRecord, updateRecord } from '../data/record-writer';
import { type NetSuiteAccount } from '../netsuite.account';
import { type ApiContext } from '../netsuite.context';
import { errorBody, Rejection } from '../netsuite.errors';
import { type NetSuiteState } from '../netsuite.state';
import { advanceJobs, REST_PATH } from '../rest/api-routes';
import { type RecordType } from '../schema/account-schema';
import { findAccount } from './netsuite.control';

const TOUCH = z.strictObject({
  account: z.string().optional(),
  type: z.string(),
  id: z.string().optional(),
  external_id: z.string().optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  replace: z.array(z.string()).default([]),
  delete: z.boolean().default(false),
});
const SEED = z.strictObject({
  account: z.string().optional(),
  records: z.array(z.looseObject({ type: z.string() })),
});

/** Looking at the records, and changing them as a colleague does in the vendor's own screens. */
export function addRecordControls(router: AdminRouter, state: NetSuiteState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/records`, ({ query }) => {
      const account = findAccount(state, query.get('account') ?? undefined);
      return jsonReply(200, listRecords(asColleague(account, state.url), query));
    })
    .on('GET', `${ADMIN_PREFIX}/records/counts`, () => {
      state.accounts.forEach(advanceJobs);
      const accounts = state.accounts.map(({ id, credentials, schema, store }) => ({
        account: id,
        username: credentials.username,
        deleted: store.deleted().length,
        counts: Object.fromEntries(
          schema.types.filter(({ viewOnly }) => !viewOnly).map(({ name }) => [name, store.count(name)]),
        ),
      }));
      return jsonReply(200, { accounts });
    })
    .on('POST', `${ADMIN_PREFIX}/seed`, (exchange) => {
      const { account: name, records } = parseControl(SEED, exchange);
      const context = asColleague(findAccount(state, name), state.url);
      const ids = vendorSays(context, () =>
        records.map(({ type: typeName, ...body }) => {
          const type = requireNamed(context, typeName);
          return createRecord(context, type, readRecord(context, type, body)).id;
        }),
      );
      return jsonReply(201, { ids });
    })
    .on('POST', `${ADMIN_PREFIX}/touch`, (exchange) => {
      const wanted = parseControl(TOUCH, exchange);
      const context = asColleague(findAccount(state, wanted.account), state.url);
      return jsonReply(200, { id: vendorSays(context, () => touch(context, wanted)) });
    });
}

function touch(context: ApiContext, wanted: z.infer<typeof TOUCH>): string {
  const type = requireNamed(context, wanted.type);
  const { store } = context.account;
  const found =
    wanted.external_id === undefined
      ? store.get(type.name, wanted.id ?? '')
      : findByExternalId(context.account, type, wanted.external_id);
  if (!found) throw new ControlError(404, 'no record with that id or external id');
  if (wanted.delete) deleteRecord(context, type, found);
  else updateRecord(context, type, found, readRecord(context, type, wanted.fields), new Set(wanted.replace));
  return found.id;
}

function vendorSays<T>({ account }: ApiContext, work: () => T): T {
  try {
    return account.store.atomically(work);
  } catch (error) {
    if (error instanceof Rejection) {
      throw new ControlError(400, JSON.stringify(errorBody(error, account.settings.errorCodes)));
    }
    throw error;
  }
}

function asColleague(account: NetSuiteAccount, url: string): ApiContext {
  return { account, user: account.colleague, base: `${url}${REST_PATH}` };
}

function requireNamed({ account }: ApiContext, name: string): RecordType {
  const type = account.schema.type(name);
  if (!type || type.viewOnly) throw new ControlError(400, `no such record type: ${name}`);
  return type;
}

function listRecords(context: ApiContext, query: URLSearchParams): object {
  const { account } = context;
  advanceJobs(account);
  const name = query.get('type');
  const chosen = name === null ? undefined : account.schema.type(name);
  if (name !== null && !chosen) throw new ControlError(400, `no such record type: ${name}`);
  const types = chosen ? [chosen] : account.schema.types.filter(({ viewOnly }) => !viewOnly);
  const search = query.get('q')?.toLowerCase();
  const show = (type: RecordType, record: StoredRecord): object => ({
    type: type.name,
    ...printRecord(context, type, record, FULL),
  });
  const shown = types.flatMap((type) => [...account.store.all(type.name)].map((record) => show(type, record)));
  const gone =
    query.get('deleted') === 'true'
      ? account.store
          .deleted()
          .filter(({ type }) => types.some((one) => one.name === type))
          .map(({ type, before }) => ({ deleted: true, ...show(account.schema.required(type), before) }))
      : [];
  const found = [...shown, ...gone].filter(
    (record) => search === undefined || JSON.stringify(record).toLowerCase().includes(search),
  );
  const offset = queryInteger(query, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = queryInteger(query, 'limit', 200, 10_000);
  return { account: account.id, total: found.length, records: found.slice(offset, offset + limit) };
}
