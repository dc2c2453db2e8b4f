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
