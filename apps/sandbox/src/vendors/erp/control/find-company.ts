import { ControlError } from '../../../kernel/control-plane';
import { type ErpCompany } from '../erp.company';
import { type ErpState } from '../erp.state';

/** By code, slug or user; the first when nothing is said. */
export function findCompany(state: ErpState, name: string | undefined): ErpCompany {
  const company =
    name === undefined
      ? state.companies[0]
      : state.companies.find(({ code, account, user }) => code === name || account.slug === name || user.name === name);
  if (!company) throw new ControlError(404, 'no such company');
  return company;
}

/** All of them when nothing is said. */
export function selectCompanies(state: ErpState, name: string | undefined): readonly ErpCompany[] {
  return name === undefined ? state.companies : [findCompany(state, name)];
}
