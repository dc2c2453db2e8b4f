import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  queryInteger,
  type AdminRouter,
} from '../../../kernel/control-plane';
import { type Reply } from '../../../kernel/http-frame';
import { printEntity } from '../data/entity-printer';
import { type Stored } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { Fault } from '../quickbooks.errors';
import { type QuickBooksState } from '../quickbooks.state';
import { isObject, numberOf, parseBody, printJson, refId, textOf, type JsonObject } from '../quickbooks.values';
import { deleteEntity, saveEntity, voidEntity } from '../rules/entity-writer';
import { ENTITY_TYPES, findEntityType } from '../schema/entity-registry';
import { type EntityType } from '../schema/schema.types';
import { findCompany } from './settings.control';

const record = z.record(z.string(), z.unknown());
const SEED = z.strictObject({ realm: z.string().optional(), entity: z.string(), records: z.array(record) });
const TOUCH = z.strictObject({
  realm: z.string().optional(),
  entity: z.string(),
  id: z.string().optional(),
  /** Instead of the id: a field and its value, as they are printed. */
  key: z.strictObject({ field: z.string(), value: z.string() }).optional(),
  fields: record.default({}),
  action: z.enum(['update', 'delete', 'void']).default('update'),
});
const MERGE = z.strictObject({ realm: z.string().optional(), winner: z.string(), loser: z.string() });
const LOCK = z.strictObject({
  realm: z.string().optional(),
  entity: z.string(),
  id: z.string(),
  lock: z.enum(['deposited', 'reconciled']).nullable(),
});

/** What a person does in the vendor's own screens, and what a test looks at. */
export function addRecordControls(router: AdminRouter, state: QuickBooksState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/records`, ({ query }) =>
      reply(200, listRecords(findCompany(state, query.get('realm') ?? undefined), query)),
    )
    .on('GET', `${ADMIN_PREFIX}/records/counts`, () =>
      reply(200, {
        companies: state.companies.map(({ realmId, account, store }) => ({
          realm: realmId,
          slug: account.slug,
          counts: Object.fromEntries(ENTITY_TYPES.map(({ name }) => [name, store.count(name)])),
        })),
      }),
    )
    .on('POST', `${ADMIN_PREFIX}/seed`, (exchange) => {
      const { realm, entity, records } = parseControl(SEED, exchange);
      const company = findCompany(state, realm);
      const type = requireType(entity);
      const ids = vendorSays(company, () =>
        records.map((fields) => saveEntity(asColleague(company), type, toJson(fields)).id),
      );
      return reply(201, { ids });
    })
    .on('POST', `${ADMIN_PREFIX}/touch`, (exchange) => {
      const wanted = parseControl(TOUCH, exchange);
      const company = findCompany(state, wanted.realm);
      const touched = vendorSays(company, () => touch(company, wanted));
      return reply(200, wanted.action === 'delete' ? { Id: touched.id } : printEntity(company, touched));
    })
    .on('POST', `${ADMIN_PREFIX}/merge`, (exchange) => {
      const { realm, winner, loser } = parseControl(MERGE, exchange);
      const company = findCompany(state, realm);
      vendorSays(company, () => mergeCustomers(company, winner, loser));
      return reply(200, { winner, loser });
    })
    .on('POST', `${ADMIN_PREFIX}/lock`, (exchange) => {
      const { realm, entity, id, lock } = parseControl(LOCK, exchange);
      const company = findCompany(state, realm);
      company.write(() => company.setLock(requireStored(company, requireType(entity), id), lock ?? undefined));
      return { status: 204 };
    });
}

function touch(company: Company, { entity, id, key, fields, action }: z.infer<typeof TOUCH>): Stored {
  const type = requireType(entity);
  const current = key ? findByKey(company, type, key.field, key.value) : requireStored(company, type, id ?? '');
  const context = asColleague(company);
  const target = { Id: current.id, SyncToken: String(current.syncToken) };
  if (action === 'delete') return deleteEntity(context, type, toJson(target));
  if (action === 'void') return voidEntity(context, type, toJson(target));
  return saveEntity(context, type, toJson({ ...fields, ...target, sparse: true }));
}

/** The loser disappears and its transactions move over, without a version of their own: nobody is told of that. */
function mergeCustomers(company: Company, winnerId: string, loserId: string): void {
  const type = requireType('Customer');
  const winner = requireStored(company, type, winnerId);
  const loser = requireStored(company, type, loserId);
  if (winner === loser) throw new ControlError(400, 'a customer cannot be merged with itself');
  const atMs = company.clock.now();
  for (const name of ['Invoice', 'CreditMemo', 'Payment'] as const) {
    for (const stored of [...company.store.all(name)]) {
      if (refId(stored.body, 'CustomerRef') !== loser.id) continue;
      company.store.put({ ...stored, body: { ...stored.body, CustomerRef: { value: winner.id } } }, 0);
    }
  }
  company.store.remove(loser, atMs, 0);
  company.store.record({ entity: 'Customer', id: winner.id, kind: 'Merge', atMs, deletedId: loser.id });
}

function listRecords(company: Company, query: URLSearchParams): object {
  const name = query.get('entity');
  const search = query.get('q')?.toLowerCase();
  const types = name === null ? ENTITY_TYPES : [requireType(name)];
  const found = types.flatMap((type) =>
    [...company.store.all(type.name)]
      .map((stored) => ({ entity: type.name, ...printEntity(company, stored) }))
      .filter((printed) => search === undefined || printJson(printed).toLowerCase().includes(search)),
  );
  const offset = queryInteger(query, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = queryInteger(query, 'limit', 200, 10_000);
  return { realm: company.realmId, total: found.length, records: found.slice(offset, offset + limit) };
}

function findByKey(company: Company, type: EntityType, field: string, value: string): Stored {
  for (const stored of company.store.all(type.name)) {
    const printed = printEntity(company, stored)[field];
    const text = isObject(printed) ? (textOf(printed.value) ?? textOf(printed.Address)) : textOf(printed);
    if ((text ?? numberOf(printed)?.toFixed()) === value) return stored;
  }
  throw new ControlError(404, 'no record with that key');
}

function requireStored(company: Company, type: EntityType, id: string): Stored {
  const stored = company.store.get(type.name, id);
  if (!stored) throw new ControlError(404, `no ${type.name} with that id`);
  return stored;
}

function requireType(name: string): EntityType {
  const type = findEntityType(name);
  if (!type) throw new ControlError(400, `no such entity: ${name}`);
  return type;
}

function asColleague(company: Company): Parameters<typeof saveEntity>[0] {
  return { company, actor: company.colleague, include: new Set<string>() };
}

/** The vendor's own refusal is shown to whoever works the controls. */
function vendorSays<T>(company: Company, work: () => T): T {
  try {
    return company.write(work);
  } catch (error) {
    if (error instanceof Fault) throw new ControlError(400, JSON.stringify(error.items));
    throw error;
  }
}

function toJson(fields: object): JsonObject {
  return parseBody(JSON.stringify(fields));
}

function reply(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8' }, body: printJson(body) };
}
