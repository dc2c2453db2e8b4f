import { ControlError } from '../../../kernel/control-plane';
import { type SalesforceOrg } from '../salesforce.org';
import { type SalesforceState } from '../salesforce.state';

/** By id, user name or host label; the first org when nothing is said. */
export function findOrg(state: SalesforceState, name: string | undefined): SalesforceOrg {
  const org =
    name === undefined
      ? state.orgs[0]
      : state.orgs.find(
          ({ id, account }) =>
            id === name || id.slice(0, 15) === name || account.username === name || account.myDomain === name,
        );
  if (!org) throw new ControlError(404, 'no such org');
  return org;
}
