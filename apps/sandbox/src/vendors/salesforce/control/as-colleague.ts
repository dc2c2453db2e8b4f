import { type ApiContext } from '../salesforce.context';
import { type SalesforceOrg } from '../salesforce.org';

/** Whoever works in the org beside the hub. */
export function asColleague(org: SalesforceOrg): ApiContext {
  return {
    org,
    actorId: org.colleague.id,
    requestId: 0,
    base: '/services/data/v62.0',
    version: '62.0',
    // In the screens a person is asked, and saves.
    duplicateRules: { allowSave: true, includeRecordDetails: false },
    heldRows: false,
  };
}
