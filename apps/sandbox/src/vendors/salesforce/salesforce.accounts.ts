import { derivedHex, derivedText } from '../../kernel/deterministic';
import { sfId18 } from './salesforce.ids';

export const DEFAULT_SEED = 20_261_120;
/** Registered for the seeded apps besides what the caller adds: the address the vendor's own command line uses. */
export const DEFAULT_CALLBACK_URL = 'http://localhost:1717/OauthRedirect';

/** One simulated org with its pre-registered connected app and a refresh token that a person would have granted. */
export interface SandboxSalesforceAccount {
  readonly orgId: string;
  readonly orgName: string;
  /** First label of the org's own host name (My Domain). */
  readonly myDomain: string;
  readonly username: string;
  readonly userId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** Where the org is reached; filled in by whoever knows the port. */
  readonly instanceUrl: string;
}

const ORGS = [
  { slug: 'acme', name: 'Acme Tools (simulated)', instance: 'Hb0' },
  { slug: 'globex', name: 'Globex Supplies (simulated)', instance: 'Hc0' },
] as const;

export function instanceOfOrg(index: number): string {
  const org = ORGS[index];
  if (!org) throw new Error('no such simulated org');
  return org.instance;
}

/**
 * The two orgs of a sandbox with that seed. The same seed always gives the same ids and credentials, so that a
 * launcher can seed connections before or after the sandbox starts.
 * @param instanceUrl the sandbox's Salesforce address, when already known
 */
export function sandboxSalesforceAccounts(seed = DEFAULT_SEED, instanceUrl = ''): SandboxSalesforceAccount[] {
  return ORGS.map(({ slug, name, instance }) => ({
    orgId: requiredId(`00D${instance}${derivedText(seed, `${slug}:org`, 9)}`),
    orgName: name,
    myDomain: `${slug}-hub-dev-ed`,
    username: `integration@${slug}.example.com`,
    userId: requiredId(`005${instance}${derivedText(seed, `${slug}:user`, 9)}`),
    clientId: `3MVG9${derivedText(seed, `${slug}:client-id`, 80)}`,
    clientSecret: derivedHex(seed, `${slug}:client-secret`, 64),
    refreshToken: `5Aep861${derivedText(seed, `${slug}:refresh-token`, 80)}`,
    instanceUrl,
  }));
}

function requiredId(base: string): string {
  const id = sfId18(base);
  if (id === undefined) throw new Error('a derived id has the wrong shape');
  return id;
}
