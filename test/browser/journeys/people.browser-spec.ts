import { type Locator } from '@playwright/test';
import { TOTP } from 'otpauth';
import { newCompany } from '../support/company';
import { signIn, signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

const STEP_MS = 30_000;
const PASSWORD = 'correct horse battery staple';

test('whoever is invited joins, adds a second factor and needs it from then on', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['owner']);
  const email = `new@${company.emailOf('owner').split('@')[1] ?? ''}`;
  const owner = await visitAs(null);
  await signInByHand(owner, company.emailOf('owner'), company.password);
  await owner.page.getByRole('navigation').getByRole('link', { name: 'Members' }).click();
  await owner.page.getByRole('button', { name: 'Invite' }).click();
  const dialog = owner.page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const link = (await dialog.getByText(/\/invitation\//).textContent()) ?? '';
  await expect(dialog.getByRole('status')).toBeFocused();

  const guest = await visitAs(null);
  const { page, watch } = guest;
  await guest.open(link);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL('**/overview');
  await watch.settled();
  await guest.open('/account');
  const factor = page.getByRole('region', { name: 'Second factor' });
  await factor.getByLabel('Current password').fill(PASSWORD);
  await factor.getByRole('button', { name: 'Set up' }).click();
  const secret = (await factor.locator('code').textContent()) ?? '';
  const totp = new TOTP({ secret });
  await factor.getByLabel('Code').fill(totp.generate());
  await factor.getByRole('button', { name: 'Confirm' }).click();
  await expect(factor.getByText('A code from your authenticator is asked for at every sign-in.')).toBeVisible();

  const again = await visitAs(null);
  again.watch.tolerate(/401/);
  await again.page.goto('/sign-in');
  await again.page.getByLabel('E-mail').fill(email);
  await again.page.getByLabel(/^Password/).fill(PASSWORD);
  await again.page.getByRole('button', { name: 'Sign in' }).click();
  // A code is good once: the next one is taken already.
  await again.page.getByLabel('Code').fill(totp.generate({ timestamp: Date.now() + STEP_MS }));
  await again.page.getByRole('button').first().click();
  await again.page.waitForURL('**/overview');
  await expect(again.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
});

test('a viewer sees everything that is there and nothing to change it with', async ({ visitAs, stage }) => {
  const { page, open } = await visitAs('viewer');
  const main = page.getByRole('main');
  const none = async (address: string, buttons: RegExp): Promise<void> => {
    await open(address);
    await expect(main.getByRole('button', { name: buttons }), address).toHaveCount(0);
  };
  await none('/dead-letters', /Retry|Replay|Give up/);
  await none(`/deliveries/${stage.ids['deliveryId'] ?? ''}`, /Retry|Replay|Give up|Cancel/);
  await none('/deliveries?status=dead', /Replay/);
  await none(`/events/${stage.ids['trackingId'] ?? ''}`, /Replay/);
  await none('/connections', /Connect/);
  await expect(main.getByRole('link', { name: 'Connect a system' })).toHaveCount(0);
  await none(`/connections/${stage.ids['connectionId'] ?? ''}`, /Sign in|Test|Pause|Delete|Save/);
  await none('/members', /Invite|Remove/);
  await none(`/replays/${stage.ids['replayId'] ?? ''}`, /Stop/);
  const links = await page.getByRole('navigation').getByRole('link').allTextContents();
  expect(links).toContain('Events');
  expect(links).not.toContain('API keys');
  expect(links).not.toContain('Audit log');
});

test('an admin is offered nothing about an owner, and is told why a member is not removed', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['owner', 'admin', 'viewer']);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await visit.open('/members');
  const rowOf = (role: 'owner' | 'viewer'): Locator => page.getByRole('row').filter({ hasText: emailOf(role) });
  await expect(rowOf('owner')).toContainText('Owner');
  await expect(rowOf('owner').getByRole('button')).toHaveCount(0);
  // Somebody makes the viewer an owner meanwhile.
  const refused = { title: 'Forbidden', code: 'insufficient_role', detail: 'Only an owner decides about owners.' };
  watch.tolerate(/answered 403/, /status of 403/);
  await page.route('**/v1/members/mem_*', (route) => route.fulfill({ status: 403, json: refused }), { times: 1 });
  await rowOf('viewer').getByLabel(/^Role/).click();
  await expect(page.getByRole('option')).toHaveText(['Admin', 'Developer', 'Support', 'Compliance', 'Viewer']);
  await page.getByRole('option', { name: 'Support' }).click();
  // In full, and not in the row, which would cut it.
  await expect(page.getByRole('alert')).toContainText(refused.detail);
  await expect(rowOf('viewer')).not.toContainText(refused.detail);
  await rowOf('viewer').getByLabel(/^Role/).click();
  await page.getByRole('option', { name: 'Support' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.route('**/v1/members/mem_*', (route) => route.fulfill({ status: 403, json: refused }), { times: 1 });
  await rowOf('viewer').getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog.getByRole('alert')).toContainText(refused.detail);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(rowOf('viewer')).toHaveCount(0);
});

test('an operator enters a company with a reason, which the company finds in its own audit log', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['compliance']);
  const reason = 'Request 4711: deliveries are slow';
  // The operator who is signed in already is looked at by other tests, outside of any company.
  const { email, password } = stage.dev.operator;
  const session = await signIn(stage.dev.portal_url, email, password);
  const operator = await visitAs(null, { storageState: session });
  await operator.open(`/operator/tenants/${company.id}`);
  await operator.page.getByRole('button', { name: 'Enter', exact: true }).click();
  const dialog = operator.page.getByRole('dialog', { name: `Enter ${company.name}` });
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Enter' }).click();
  await expect(operator.page.getByText(`You are acting in ${company.name} as an operator: ${reason}`)).toBeVisible();

  const visit = await visitAs(null);
  await signInByHand(visit, company.emailOf('compliance'), company.password);
  await visit.open(`/audit?q=${encodeURIComponent(reason)}`);
  await visit.page.getByRole('row').nth(1).click();
  await expect(visit.page.getByRole('dialog').getByText(reason).first()).toBeVisible();
});

test('an operator makes a link by which somebody chooses a new password', async ({ visitAs, stage, operatorApi }) => {
  const company = await newCompany(stage, operatorApi, ['viewer']);
  const email = company.emailOf('viewer');
  const { page, watch, open } = await visitAs('operator');
  await open('/operator');
  await page.getByRole('button', { name: 'Reset a password' }).click();
  const dialog = page.getByRole('dialog', { name: 'A new password for somebody' });
  const address = dialog.getByLabel('E-mail of the account');
  watch.tolerate(/answered 404/, /status of 404/);
  await address.fill(`nobody-${email}`);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await expect(dialog.getByRole('alert')).toContainText('There is no such thing here');
  await address.fill(email);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = (await dialog.getByText(/\/password-reset\//).textContent()) ?? '';

  const visit = await visitAs(null);
  await visit.open(link);
  await visit.page.getByLabel('New password').fill(PASSWORD);
  await visit.page.getByRole('button', { name: 'Set the password' }).click();
  await expect(visit.page.getByText('Your password is set')).toBeVisible();
  await signInByHand(visit, email, PASSWORD);
});

test('whoever is in no company any more is told so, and asks for nothing else', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['viewer']);
  await operatorApi.demand('PATCH', `/admin/v1/tenants/${company.id}`, { status: 'suspended' });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, company.emailOf('viewer'), company.password);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are in no company');
  // Nothing of a company is asked for: the watch would have seen it refused.
  await open('/dead-letters');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are in no company');
  await open('/account');
  await expect(page.getByRole('region', { name: 'Second factor' })).toBeVisible();
  await watch.settled();
});
