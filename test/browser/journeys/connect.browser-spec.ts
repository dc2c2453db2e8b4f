import { type Locator, type Page } from '@playwright/test';
import { newCompany, type Company } from '../support/company';
import { type List } from '../support/hub-api';
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
const PHONE = '+1 415 555 0137';
const ARRIVES_MS = 30_000;

test('an admin of an empty company connects two systems, picks a recipe, and what changes in the one changes in the other', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  test.setTimeout(90_000);
  const company = await newCompany(stage, operatorApi, ['admin']);
  const customer = `Hopper of ${company.name}`;
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  await nextStep(visit, 'Connect');
  await connect(visit, SALESFORCE);
  await nextStep(visit, 'Connect');
  await connect(visit, QUICKBOOKS);

  // A colleague has the other system open beside the portal.
  const vendor = await page.context().newPage();
  await vendor.goto(`${stage.dev.salesforce_url}/?object=Account`);
  const org = cardOf(vendor, /^Globex/);
  await saveAccount(vendor, org.getByRole('link', { name: 'New account' }), { 'Account name': customer });

  await nextStep(visit, 'Choose');
  await page.getByRole('checkbox', { name: /^Salesforce Accounts → Customer to/ }).check();
  await page.getByRole('button', { name: 'Set up 1 recipe' }).click();
  const done = page.getByRole('status').filter({ hasText: 'One recipe is in place' });
  await expect(done).toBeVisible();
  await firstLook(company);
  await saveAccount(vendor, rowOf(org, customer).getByRole('link', { name: 'Change' }), { Phone: PHONE });
  await done.getByRole('button', { name: 'Look for changes now' }).click();

  await vendor.goto(`${stage.dev.quickbooks_url}/?entity=Customer`);
  const arrived = rowOf(cardOf(vendor, /^Globex/), customer);
  await expect(arrived, 'the page loads itself anew').toContainText(PHONE, { timeout: ARRIVES_MS });

  await settled(company, customer);
  await done.getByRole('link', { name: 'Events from Salesforce' }).click();
  await page.getByLabel('Search', { exact: true }).fill(customer);
  await page.waitForURL(/[?&]q=/);
  await watch.settled();
  const told = page.getByRole('row').filter({ hasText: 'salesforce.account.' });
  await expect(told).toHaveCount(1);
  await expect(told).toContainText('Succeeded');
  await told.click();
  await page.waitForURL(/\/events\/evt_/);
  await watch.settled();
  await expect(page.getByRole('region', { name: 'Payload as received, as JSON' })).toContainText(customer);
  await page.getByRole('row').filter({ hasText: 'QuickBooks Online' }).click();
  await page.waitForURL(/\/deliveries\/dlv_/);
  await watch.settled();
  await expect(page.getByText('Record in the other system')).toBeVisible();
});

test('an admin gives a connection another name and other settings, and what he leaves alone stays', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin', 'viewer']);
  const config = { url: `${stage.dev.sandbox_url}/sink/first`, method: 'PUT', headers: { 'X-Shop': 'north' } };
  const { id } = await company.api.post<{ id: string }>('/v1/connections', { name: 'Shop', connector: 'http', config });
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, company.emailOf('admin'), company.password);
  await open(`/connections/${id}`);
  const settings = page.getByRole('region', { name: 'Settings', exact: true }).first();
  // A colleague changes settings while somebody thinks about a better name.
  await settings.getByRole('button', { name: 'Change' }).click();
  const changed = { ...config, url: `${stage.dev.sandbox_url}/sink/second` };
  await company.api.demand('PATCH', `/v1/connections/${id}`, { config: changed });
  await settings.getByLabel('Name').fill('Northern shop');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Northern shop');
  expect(await company.api.get(`/v1/connections/${id}`)).toMatchObject({ name: 'Northern shop', config: changed });

  const url = `${stage.dev.sandbox_url}/sink/third`;
  await settings.getByRole('button', { name: 'Change' }).click();
  await settings.getByLabel(/^URL/).fill(url);
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toContainText('/sink/third');
  expect(await company.api.get(`/v1/connections/${id}`)).toMatchObject({
    name: 'Northern shop',
    config: { ...config, url },
  });

  const viewer = await visitAs(null);
  await signInByHand(viewer, company.emailOf('viewer'), company.password);
  await viewer.open(`/connections/${id}`);
  await expect(viewer.page.getByRole('heading', { level: 1 })).toHaveText('Northern shop');
  await expect(viewer.page.getByRole('button', { name: 'Change' })).toHaveCount(0);
});

test('a connection that is to lead to another host is asked for its credentials again', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin']);
  const config = { url: `${stage.dev.sandbox_url}/sink/first`, auth: { kind: 'bearer' } };
  const made = { name: 'Shop', connector: 'http', config, credentials: { token: 'of-the-first' } };
  const { id } = await company.api.post<{ id: string }>('/v1/connections', made);
  const visit = await visitAs(null);
  const { page, open, watch } = visit;
  watch.tolerate(/\b422\b/);
  await signInByHand(visit, company.emailOf('admin'), company.password);
  await open(`/connections/${id}`);
  const settings = page.getByRole('region', { name: 'Settings', exact: true }).first();
  await settings.getByRole('button', { name: 'Change' }).click();
  await settings.getByLabel(/^URL/).first().fill('https://elsewhere.example/orders');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByRole('alert')).toContainText('never sent to a host that it was not entered for');
  expect(await company.api.get(`/v1/connections/${id}`)).toMatchObject({ config });
  await settings.getByRole('group', { name: 'Credentials' }).getByLabel('Bearer token').fill('of-the-second');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings).toContainText('elsewhere.example');
  expect(await company.api.get(`/v1/connections/${id}`)).toMatchObject({
    config: { ...config, url: 'https://elsewhere.example/orders' },
    has_credentials: true,
  });
});

test('who is sent a link for signing in is told whom they let in, and connects in their own browser', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['admin']);
  const made = { name: 'Their Salesforce', connector: 'salesforce', config: {} };
  const { id } = await company.api.post<{ id: string }>('/v1/connections', made);
  const { authorize_url: link } = await company.api.post<{ authorize_url: string }>(
    `/v1/connections/${id}/authorize`,
    {},
  );
  const { page } = await visitAs(null);
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Let ${company.name} in to Salesforce?`);
  await expect(page.getByRole('main')).toContainText('“Their Salesforce”');
  await page.getByRole('button', { name: 'Go on to Salesforce' }).click();
  await page.getByRole('radio', { name: SALESFORCE.account }).check();
  await page.getByRole('button', { name: SALESFORCE.allow }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connected');
  expect(await company.api.get(`/v1/connections/${id}`)).toMatchObject({ auth_state: 'connected' });
});

/** The portal says itself what comes next. */
async function nextStep({ page, watch }: Visit, action: string): Promise<void> {
  const steps = page.getByRole('region', { name: 'To the first record that flows' });
  await steps.getByRole('link', { name: action, exact: true }).click();
  await watch.settled();
}

async function connect({ page, watch }: Visit, vendor: Vendor): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: vendor.name }).click();
  await page.getByRole('button', { name: `Create and sign in at ${vendor.name}` }).click();
  // The vendor's own page, as far as the browser knows.
  await page.getByRole('radio', { name: vendor.account }).waitFor();
  // Back from there is the connection, which has the way there once more, and not a form for a second one.
  await page.goBack();
  await page.waitForURL(/\/connections\/con_/);
  await watch.settled();
  await page.goForward();
  await page.getByRole('radio', { name: vendor.account }).check();
  await page.getByRole('button', { name: vendor.allow }).click();
  await page.waitForURL(/\/connections\/con_\w+$/);
  await watch.settled();
  const outcome = page.getByRole('status').filter({ hasText: 'Signed in' });
  await expect(outcome).toBeVisible();
  await page.reload();
  await watch.settled();
  await expect(outcome).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Health' }).getByText('Connected')).toBeVisible();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'It works.' })).toBeVisible();
}

function cardOf(page: Page, customer: RegExp): Locator {
  return page.locator('section').filter({ has: page.getByRole('heading', { name: customer }) });
}

function rowOf(card: Locator, name: string): Locator {
  return card.getByRole('row').filter({ hasText: name });
}

async function saveAccount(vendor: Page, link: Locator, fields: Readonly<Record<string, string>>): Promise<void> {
  await link.click();
  for (const [label, value] of Object.entries(fields)) await vendor.getByLabel(label).fill(value);
  await vendor.getByRole('button', { name: 'Save' }).click();
  await expect(vendor.getByRole('link', { name: 'New account' }).first()).toBeVisible();
}

/** It begins with what changes from now on, and the first look says when that is. */
async function firstLook({ api }: Company): Promise<void> {
  const looked = async (): Promise<unknown> =>
    (await api.get<List>('/v1/syncs')).data.map(({ last_success_at: at }) => at !== null);
  await expect.poll(looked, { message: 'the sync has begun', timeout: ARRIVES_MS }).toEqual([true]);
}

/** What the other system shows already, the hub notes a moment later. */
async function settled({ api }: Company, customer: string): Promise<void> {
  const found = async (): Promise<unknown> =>
    (await api.get<List>(`/v1/events?q=${encodeURIComponent(customer)}`)).data.map(({ status }) => status);
  await expect.poll(found, { message: 'the change has arrived' }).toEqual(['succeeded']);
}
