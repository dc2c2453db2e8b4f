import { z } from 'zod';
import { LauncherError } from '../launcher-error';
import { type SandboxOAuthApp } from './oauth-apps';

const ACCOUNTS = z.object({
  accounts: z.array(
    z.object({
      orgId: z.string(),
      username: z.string(),
      clientId: z.string(),
      clientSecret: z.string(),
      refreshToken: z.string(),
    }),
  ),
});

export type SandboxAccount = z.infer<typeof ACCOUNTS>['accounts'][number];

/** The orgs of the simulated Salesforce, with what a person would have granted the hub on the consent page. */
export async function readSandboxAccounts(
  salesforceUrl: string,
  controlToken: string,
): Promise<readonly SandboxAccount[]> {
  const response = await fetch(`${salesforceUrl}/__admin/accounts`, {
    headers: { authorization: `Bearer ${controlToken}` },
    signal: AbortSignal.timeout(5_000),
  });
  const parsed = ACCOUNTS.safeParse(response.status === 200 ? await response.json() : null);
  if (parsed.success) return parsed.data.accounts;
  throw new LauncherError(
    `the sandbox does not tell its accounts (status ${response.status})`,
    'Its log says more; another program may have taken its port.',
  );
}

/** The hub's own registration there. The stand-in lets people of each org sign in through it, as an app for all orgs would. */
export function salesforceApp(accounts: readonly SandboxAccount[], salesforceUrl: string): SandboxOAuthApp {
  const [first] = accounts;
  if (first === undefined) throw new Error('the sandbox has no org');
  return {
    connector: 'salesforce',
    environments: ['production', 'sandbox'],
    clientId: first.clientId,
    clientSecret: first.clientSecret,
    endpoints: { login: salesforceUrl },
  };
}

/** Users of the sandbox are `integration@<slug>.example.com`. */
export function accountOf(accounts: readonly SandboxAccount[], slug: string): SandboxAccount {
  const found = accounts.find(({ username }) => username.endsWith(`@${slug}.example.com`));
  if (found === undefined) throw new Error(`the sandbox has no org for ${slug}`);
  return found;
}
