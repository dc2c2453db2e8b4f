import { z } from 'zod';
import {
  ADMIN_PREFIX,
  ControlError,
  parseControl,
  type AdminRouter,
  type ControlParts,
} from '../../../kernel/control-plane';
import { jsonReply } from '../../../kernel/http-frame';
import { type ErpCompany } from '../erp.company';
import { ERP_SETTINGS, type ErpSettings } from '../erp.settings';
import { type ErpState } from '../erp.state';
import { INJECTED_FAULT } from '../soap/injected-faults';
import { findCompany, selectCompanies } from './find-company';
import { addRecordControls } from './record.control';

const SETTINGS = ERP_SETTINGS.partial().extend({ company: z.string().optional() });
const ONE_COMPANY = z.strictObject({ company: z.string().optional() });
const CREDENTIALS = z.strictObject({
  company: z.string().optional(),
  /** The new password; the old one stops working at once. */
  password: z.string().min(1).optional(),
  unlock: z.boolean().default(false),
});
const COMMIT = z.strictObject({ company: z.string().optional(), id: z.string().optional() });

/** The switches of this vendor, on top of clock, faults and journal. */
export function addErpControls(
  router: AdminRouter,
  state: ErpState,
  { clock, faults, journal }: ControlParts,
): AdminRouter {
  return addTroubleControls(addRecordControls(router, state), state)
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
    .on('GET', `${ADMIN_PREFIX}/settings`, () => jsonReply(200, showSettings(state.companies)))
    .on('POST', `${ADMIN_PREFIX}/settings`, (exchange) => {
      const { company, ...wanted } = parseControl(SETTINGS, exchange);
      const given: Partial<ErpSettings> = Object.fromEntries(
        Object.entries(wanted).filter(([, value]) => value !== undefined),
      );
      selectCompanies(state, company).forEach((each) => each.change(given));
      return jsonReply(200, showSettings(state.companies));
    })
    .on('POST', `${ADMIN_PREFIX}/credentials`, (exchange) => {
      const { company: name, password, unlock } = parseControl(CREDENTIALS, exchange);
      const { user } = findCompany(state, name);
      if (password !== undefined) user.password = password;
      if (unlock) Object.assign(user, { failures: 0, lockedUntilMs: 0 });
      return { status: 204 };
    });
}

function addTroubleControls(router: AdminRouter, state: ErpState): AdminRouter {
  return router
    .on('GET', `${ADMIN_PREFIX}/soap-faults`, () => jsonReply(200, { faults: state.injected.list() }))
    .on('POST', `${ADMIN_PREFIX}/soap-faults`, (exchange) => {
      const input = parseControl(INJECTED_FAULT, exchange);
      if (input.company !== undefined) findCompany(state, input.company);
      if (input.operation !== undefined && !state.contract.operations.some(({ name }) => name === input.operation)) {
        throw new ControlError(400, `no such operation: ${input.operation}`);
      }
      return jsonReply(201, { id: state.injected.add(input) });
    })
    .on('DELETE', `${ADMIN_PREFIX}/soap-faults`, () => {
      state.injected.clear();
      return { status: 204 };
    })
    .on('POST', `${ADMIN_PREFIX}/nightly`, (exchange) => {
      const company = findCompany(state, parseControl(ONE_COMPANY, exchange).company);
      return jsonReply(200, { touched: company.touchAll().length });
    })
    .on('GET', `${ADMIN_PREFIX}/transactions`, () =>
      jsonReply(200, {
        companies: state.companies.map(({ code, transactions }) => ({ company: code, open: transactions.open() })),
      }),
    )
    .on('POST', `${ADMIN_PREFIX}/transactions/commit`, (exchange) => {
      const { company, id } = parseControl(COMMIT, exchange);
      return jsonReply(200, { committed: findCompany(state, company).transactions.commitHeld(id) });
    });
}

function showSettings(companies: readonly ErpCompany[]): object {
  return {
    companies: companies.map(({ code, account, settings }) => ({ company: code, slug: account.slug, ...settings })),
  };
}
