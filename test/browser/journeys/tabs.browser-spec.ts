import { type BrowserContext, type Page } from '@playwright/test';
import { newCompany, type Company } from '../support/company';
import { type HubApi, type List } from '../support/hub-api';
import { signInByHand } from '../support/sign-in';
import { type Stage } from '../support/stage';
import { expect, test } from '../support/test';

interface Member {
  readonly user: { readonly email: string };
}

async function ofBoth(
  stage: Stage,
  operatorApi: HubApi,
): Promise<{ email: string; password: string; both: Company[] }> {
  const both = [await newCompany(stage, operatorApi, []), await newCompany(stage, operatorApi, [])];
  const [{ password }] = both as [Company];
  const email = `both-of-${both.map(({ id }) => id.slice(-6)).join('-')}@people.test`;
  const memberships = both.map(({ id }) => ({ tenant_id: id, role: 'admin' }));
  await operatorApi.post('/admin/v1/users', { email, name: 'Both', password, memberships });
  return { email, password, both };
}

/** In the same window, but with no page of the portal that could tell the others. */
async function signInUnseen(context: BrowserContext, { dev }: Stage, email: string, password: string): Promise<void> {
  const headers = { origin: dev.portal_url };
  const answer = await context.request.post(`${dev.portal_url}/auth/sign-in`, { headers, data: { email, password } });
  expect(answer.ok()).toBe(true);
}

const questionsOf = (page: Page): string[] => {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  return asked;
};

test('what was written for one company is not sent to the one that another tab has gone to', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { email, password, both } = await ofBoth(stage, operatorApi);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, email, password);
  await open('/members');
  const company = page.getByRole('banner').getByRole('button', { name: /^Company / });
  const before = (await company.textContent()) ?? '';
  const other = both.find(({ name }) => name !== before) as Company;
  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = page.getByRole('dialog', { name: 'Invite' });
  await invite.getByLabel('E-mail').fill('somebody@example.com');

  const tab = await page.context().newPage();
  await tab.goto('/overview');
  await tab.getByRole('banner').getByRole('button', { name: before }).click();
  await tab.getByRole('menuitem', { name: other.name }).click();
  const over = page.getByRole('dialog', { name: `You are now in ${other.name}` });
  await expect(over).toBeVisible();

  // Even what gets around the dialog.
  watch.tolerate(/\/v1\/members.* 403/, /403 \(Forbidden\)/);
  const refused = page.waitForResponse((response) => response.request().method() === 'POST');
  await invite.getByRole('button', { name: 'Invite', includeHidden: true }).dispatchEvent('click');
  expect((await refused).status()).toBe(403);
  await watch.settled();
  for (const { api } of both) {
    const { data } = await api.get<List<Member>>('/v1/members');
    expect(data.map(({ user }) => user.email)).not.toContain('somebody@example.com');
  }
  await over.getByRole('button', { name: 'Go on there' }).click();
  await page.waitForURL('**/overview');
  await expect(company).toHaveText(other.name);
  await expect(over).toHaveCount(0);
});

test('whoever is signed out in the middle of a form is told once, signs in in another tab and goes on', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  const asked = questionsOf(page);
  await signInByHand(visit, emailOf('admin'), password);
  await open('/settings?tab=retention');
  const days = page.getByRole('textbox', { name: 'Days at hand' });
  const save = page.getByRole('button', { name: 'Save' });
  await days.fill('11');
  watch.tolerate(/ 401/);
  await page.context().clearCookies();
  const over = page.getByRole('dialog', { name: 'You are signed out' });
  await save.click();
  await expect(over).toBeVisible();

  const opening = page.context().waitForEvent('page');
  await over.getByRole('link', { name: 'Sign in in another tab' }).click();
  const tab = await opening;
  await tab.getByLabel('E-mail').fill(emailOf('admin'));
  await tab.getByLabel(/^Password/).fill(password);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.waitForURL('**/overview');
  await expect(over).toHaveCount(0);
  await expect(days).toHaveValue('11');
  await save.click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  expect(asked).toEqual([]);

  await days.fill('12');
  await page.context().clearCookies();
  await save.click();
  await over.getByRole('button', { name: 'Leave this page' }).click();
  await page.waitForURL('**/sign-in');
  expect(asked).toEqual([]);
});

test('whoever is signed out with nothing to keep is led to the sign-in by a button, and comes back', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/api-keys');
  watch.tolerate(/ 401/);
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Revoke' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.waitForURL('**/sign-in?next=%2Fapi-keys');
  await page.getByLabel('E-mail').fill(emailOf('admin'));
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/api-keys');
});

test('a sign-out in one tab has the others show nothing of the company any more', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/members');
  await expect(page.getByText(emailOf('admin'))).toBeVisible();
  const tab = await page.context().newPage();
  await tab.goto('/overview');
  await tab.getByRole('button', { name: /^admin of/ }).click();
  await tab.getByRole('menuitem', { name: 'Sign out' }).click();
  await tab.waitForURL('**/sign-in');
  await page.waitForURL('**/sign-in?next=%2Fmembers');
  await expect(page.getByText(emailOf('admin'))).toHaveCount(0);
});

test('a change is not refused because the same person has signed in anew meanwhile', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/settings?tab=retention');
  await page.getByRole('textbox', { name: 'Days at hand' }).fill('11');
  await signInUnseen(page.context(), stage, emailOf('admin'), password);
  watch.tolerate(/PUT .* 403/, /403 \(Forbidden\)/);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
});
