import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test, type Visit } from '../support/test';

interface Vendor {
  readonly name: string;
  /** What the vendor's consent page calls the account, and its button. */
  readonly account: RegExp;
  readonly allow: string;
}

/** The stand-ins' second customer: the first one's connections are looked at by other tests. */
const SALESFORCE: Vendor = { name: 'Salesforce', account: /integration@globex/, allow: 'Allow' };
const QUICKBOOKS: Vendor = { name: 'QuickBooks Online', account: /globex/i, allow: 'Connect' };

async function connect({ page, watch }: Visit, vendor: Vendor): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Connections' }).click();
  await page.getByRole('link', { name: 'Connect a system' }).first().click();
  await page.getByRole('main').getByRole('link', { name: vendor.name }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  // The vendor's own page, as far as the browser knows.
  await page.getByRole('radio', { name: vendor.account }).check();
  await page.getByRole('button', { name: vendor.allow }).click();
  await page.waitForURL(/\/connections\/con_/);
  await watch.settled();
  await expect(page.getByRole('region', { name: 'Health' }).getByText('Connected')).toBeVisible();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'It works.' })).toBeVisible();
}

test('an admin connects Salesforce and QuickBooks of an empty company through their own pages', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  await signInByHand(visit, company.emailOf('admin'), company.password);
  await connect(visit, SALESFORCE);
  await connect(visit, QUICKBOOKS);
  const { data } = await company.api.get<{ data: { connector: string; auth_state: string }[] }>('/v1/connections');
  expect(data.map(({ connector, auth_state: state }) => `${connector} ${state}`).sort()).toEqual([
    'quickbooks connected',
    'salesforce connected',
  ]);
});
