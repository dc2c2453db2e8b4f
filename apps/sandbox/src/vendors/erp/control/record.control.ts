import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  queryInteger,
  type AdminRouter,
} from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { ENTITY_TYPES, type Change, type EntityType, type Row } from '../data/erp-store';
import { importRecords, planAsOne, planRecord, readRecord } from '../data/import-records';
import { COLLEAGUE, type ErpCompany } from '../erp.company';
import { type ErpState } from '../erp.state';
import { type OperationContext } from '../operations/operation.types';
import { type Contract, type Fields } from '../schema/contract.types';
import { UnknownFieldError } from '../schema/from-json';
import { SchemaViolation } from '../schema/validator';
import { SoapFault } from '../soap/soap-fault';
import { findCompany } from './find-company';

const entity = z.enum(ENTITY_TYPES);
/** How a write is stamped, and whether its transaction stays open. */
const WRITE = {
  company: z.string().optional(),
  modified_on: z.iso.datetime({ offset: true }).optional(),
  hold: z.boolean().default(false),
  /** Commits by itself after so long, on the virtual clock. Implies `hold`. */
  commit_after_ms: z.number().int().min(0).optional(),
};
const record = z.record(z.string(), z.unknown());
const SEED = z.strictObject({
  ...WRITE,
  entity: entity.default('Customer'),
  records: z.array(record).default([]),
  /** So many made-up customers besides. */
  generate: z.number().int().min(0).max(20_000).default(0),
  /** Everything under one row version, as a batch writes it. */
  one_transaction: z.boolean().default(false),
});
const TOUCH = z.strictObject({
  ...WRITE,
  entity: entity.default('Customer'),
  key: z.string().optional(),
  ext_ref: z.string().optional(),
  fields: record.default({}),
  delete: z.boolean().default(false),
});
type Write = Pick<z.infer<typeof SEED>, 'modified_on' | 'hold' | 'commit_after_ms'>;

/** Records as a person at the customer sees and changes them in the system's own screens. */
export function addRecordControls(router: AdminRouter, state: ErpState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/records`, ({ query }) => {
      const company = findCompany(state, query.get('company') ?? undefined);
      company.catchUp();
      return jsonReply(200, listRecords(company, query));
    })
    .on('GET', `${ADMIN_PREFIX}/records/counts`, () => {
      state.companies.forEach((company) => company.catchUp());
      return jsonReply(200, { companies: state.companies.map(countRecords) });
    })
    .on('POST', `${ADMIN_PREFIX}/seed`, (exchange) => {
      const wanted = parseControl(SEED, exchange);
      const company = findCompany(state, wanted.company);
      return jsonReply(
        201,
        systemSays(() => seed(state.contract, company, wanted)),
      );
    })
    .on('POST', `${ADMIN_PREFIX}/touch`, (exchange) => {
      const wanted = parseControl(TOUCH, exchange);
      const company = findCompany(state, wanted.company);
      company.catchUp();
      return jsonReply(
        200,
        systemSays(() => touch(state.contract, company, wanted)),
      );
    });
}

function seed(contract: Contract, company: ErpCompany, wanted: z.infer<typeof SEED>): object {
  const context = asColleague(company, wanted);
  const offset = company.store.all('Customer').length;
  const generated = Array.from({ length: wanted.generate }, (_unused, index) => ({
    Name: `Generated customer ${String(offset + index + 1).padStart(6, '0')}`,
  }));
  if (generated.length > 0 && wanted.entity !== 'Customer') throw new ControlError(400, 'only customers are generated');
  const records = [...wanted.records, ...generated];
  if (!wanted.one_transaction && !isHeld(wanted)) {
    return { keys: importRecords(context, contract, wanted.entity, records) };
  }
  const { keys, changes } = planAsOne(context, contract, wanted.entity, records);
  return { keys, ...write(context, changes, wanted) };
}

/** Changes or deletes a record; with nothing to change it is saved again as it is, which counts as a change too. */
function touch(contract: Contract, company: ErpCompany, wanted: z.infer<typeof TOUCH>): object {
  const row = findRow(company, wanted);
  const context = asColleague(company, wanted);
  const change = (): Change[] => {
    const { id } = row;
    if (wanted.delete) return [{ entity: wanted.entity, id }];
    if (Object.keys(wanted.fields).length === 0) return [{ entity: wanted.entity, id, fields: row.fields }];
    if (wanted.entity === 'Payment') throw new ControlError(400, 'a posted payment does not change');
    const fields = readRecord(contract, wanted.entity, { ...editable(wanted.entity, row.fields), ...wanted.fields });
    return [...planRecord(context, wanted.entity, fields).changes];
  };
  return { key: row.key, ...write(context, change(), wanted) };
}

/** What the screen sends back of a record that is there already: the fields that a message must have. */
function editable(type: EntityType, fields: Fields): Fields {
  if (type === 'Customer') return { CustNo: fields.CustNo, Name: fields.Name };
  const { InvoiceNo, CustNo, InvDate, Currency, Total, Lines } = fields;
  return { InvoiceNo, CustNo, InvDate, Currency, Total, Lines };
}

function write(context: OperationContext, changes: readonly Change[], wanted: Write): object {
  const { company, actor, modifiedMs } = context;
  if (changes.length === 0) return { row_version: null };
  if (isHeld(wanted)) {
    const dueMs = wanted.commit_after_ms === undefined ? undefined : company.clock.now() + wanted.commit_after_ms;
    return { transaction: company.transactions.hold(changes, { actor, modifiedMs }, dueMs) };
  }
  const [row] = company.transactions.commit(changes, { actor, modifiedMs });
  return { row_version: row ? String(row.rowVersion) : null };
}

function isHeld({ hold, commit_after_ms }: Write): boolean {
  return hold || commit_after_ms !== undefined;
}

function asColleague(company: ErpCompany, { modified_on }: Write): OperationContext {
  return { company, actor: COLLEAGUE, modifiedMs: modified_on === undefined ? undefined : Date.parse(modified_on) };
}

function findRow({ store }: ErpCompany, { entity: type, key, ext_ref }: z.infer<typeof TOUCH>): Row {
  const row =
    key !== undefined
      ? store.findByKey(type, key)
      : ext_ref === undefined
        ? undefined
        : store.find(type, 'ExtRef', ext_ref);
  if (!row) throw new ControlError(404, 'no record with that key or ext_ref');
  return row;
}

/** The system's own refusal is the caller's answer. */
function systemSays<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SoapFault) throw new ControlError(400, JSON.stringify(error.detail ?? error.message));
    if (error instanceof SchemaViolation) throw new ControlError(400, `${error.path}: ${error.message}`);
    if (error instanceof UnknownFieldError) throw new ControlError(400, error.message);
    throw error;
  }
}

function countRecords({ code, account, store }: ErpCompany): object {
  return {
    company: code,
    username: account.username,
    counts: Object.fromEntries(ENTITY_TYPES.map((type) => [type, store.all(type).length])),
  };
}

function listRecords(company: ErpCompany, query: URLSearchParams): object {
  const name = query.get('entity');
  const types = name === null ? ENTITY_TYPES : ENTITY_TYPES.filter((type) => type === name);
  if (types.length === 0) throw new ControlError(400, `no such entity: ${name ?? ''}`);
  const search = query.get('q')?.toLowerCase();
  const found = types
    .flatMap((type) => company.store.all(type))
    .filter(({ fields }) => search === undefined || JSON.stringify(fields).toLowerCase().includes(search));
  const offset = queryInteger(query, 'offset', 0, Number.MAX_SAFE_INTEGER);
  const limit = queryInteger(query, 'limit', 200, 10_000);
  return { company: company.code, total: found.length, records: found.slice(offset, offset + limit).map(printRow) };
}

function printRow({ entity: type, key, fields, rowVersion, modifiedMs, modifiedBy }: Row): object {
  return {
    entity: type,
    key,
    row_version: String(rowVersion),
    modified_on: new Date(modifiedMs).toISOString(),
    modified_by: modifiedBy,
    fields,
  };
}
