import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

interface Retention {
  readonly effective: { readonly hot_days: number };
  readonly bounds: { readonly hot_days: { readonly least: number; readonly most: number } };
}

test('what is not saved is not lost without a question, and a number out of range is refused', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { bounds, effective } = await api.get<Retention>('/v1/retention');
  const { least, most } = bounds.hot_days;
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/settings?tab=retention');
  const days = page.getByRole('textbox', { name: 'Days at hand' });
  const menu = page.getByRole('navigation');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const saveds: string[] = [];
  page.on('request', (request) => request.method() === 'PUT' && saveds.push(request.url()));

  await days.fill(String(least - 1));
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(`From ${least} to ${most.toLocaleString('en')}`, { exact: true })).toBeVisible();
  await expect(days).toHaveValue(String(least - 1));
  expect(saveds).toEqual([]);

  await menu.getByRole('link', { name: 'Events' }).click();
  await expect(question).toBeVisible();
  await question.getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('tab', { name: 'Audit log' }).click();
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(days).toHaveValue(String(least - 1));
  await page.getByRole('button', { name: /^admin of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await question.getByRole('button', { name: 'Stay' }).click();
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const closing = await asked;
  expect(closing.type()).toBe('beforeunload');
  await closing.dismiss();

  await days.fill(String(effective.hot_days + 1));
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  await menu.getByRole('link', { name: 'Events' }).click();
  await page.waitForURL('**/events');
  await watch.settled();
});

test('a mapping that is being written is left by its tabs without a question, and by nothing else', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "id": id }' });
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open(`/mappings/${id}`);
  await page.getByRole('region', { name: 'Mapping', exact: true }).getByText('Code', { exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Mapping, in JSONata' });
  await code.fill('{ "id": id, "more": 1 }');
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('tab', { name: 'Edit' }).click();
  await expect(code).toContainText('more');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL('**/events');
});

test('what is written in a mapping is neither replaced by a version that comes late nor given up unasked for one of the list', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const { id } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "a": 1 }' });
  for (const a of [2, 3]) await api.post(`/v1/mappings/${id}/versions`, { expression: `{ "a": ${a} }` });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open(`/mappings/${id}?view=code`);
  const code = page.getByRole('textbox', { name: 'Mapping, in JSONata' });
  await expect(code).toHaveText('{ "a": 3 }');
  const openFromList = async (version: number): Promise<void> => {
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: `Open in the editor: ${version}`, exact: true }).click();
  };

  let goOn = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (goOn = resolve));
  const SECOND = '**/versions/2';
  await page.route(SECOND, async (route) => {
    await isHeld;
    await route.continue();
  });
  const came = page.waitForResponse(SECOND);
  await openFromList(2);
  await page.waitForURL(/version=2/);
  await code.fill('{ "a": 3, "mine": true }');
  goOn();
  await (await came).finished();
  await watch.settled();
  await expect(code).toContainText('mine');
  await expect(page.getByText('Version 3', { exact: true })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Version 2 opens' })).toBeVisible();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Discard changes' }).click();
  await expect(code).toHaveText('{ "a": 2 }');

  await code.fill('{ "a": 2, "mine": true }');
  await openFromList(1);
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await question.getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('tab', { name: 'Edit' }).click();
  await expect(code).toContainText('mine');
  await openFromList(1);
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(code).toHaveText('{ "a": 1 }');
  // Given up is given up, also where one comes back to.
  await page.goBack();
  await page.waitForURL(/version=2/);
  await page.getByRole('tab', { name: 'Edit' }).click();
  await expect(code).toHaveText('{ "a": 2 }');
});

test('a dialog with something entered is not closed by a key, a click beside it or its own button without a question', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  await open('/members');
  const dialog = page.getByRole('dialog', { name: 'Invite' });
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const besideIt = (): Promise<void> => page.mouse.click(8, 400);
  const start = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Invite' }).click();
    await expect(dialog.getByLabel('E-mail')).toBeFocused();
  };

  await start();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await start();
  await dialog.getByLabel('E-mail').fill('somebody@example.com');
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(question).toHaveCount(0);
  // The same key also answers the question, and is not asked about again.
  await page.keyboard.press('Escape');
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(dialog.getByLabel('E-mail')).toHaveValue('somebody@example.com');
  await besideIt();
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(question).toHaveCount(0);
  await besideIt();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(question).toHaveCount(0);

  const { id } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "id": id }' });
  await open(`/mappings/${id}?tab=cases`);
  const golden = page.getByRole('dialog', { name: 'Golden case' });
  const cancel = (): Promise<void> => golden.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Add a case' }).first().click();
  await golden.getByLabel('Name').fill('an order');
  await cancel();
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(question).toHaveCount(0);
  await expect(golden.getByLabel('Name')).toHaveValue('an order');
  await cancel();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(golden).toHaveCount(0);
});

test('who goes to another company is asked once, and a change that fails leaves all as it was and is told', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const companies = [await newCompany(stage, operatorApi, []), await newCompany(stage, operatorApi, [])];
  const [{ password }] = companies as [(typeof companies)[number]];
  const email = `both-of-${companies.map(({ id }) => id.slice(-6)).join('-')}@people.test`;
  const memberships = companies.map(({ id }) => ({ tenant_id: id, role: 'admin' }));
  await operatorApi.post('/admin/v1/users', { email, name: 'Both', password, memberships });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await signInByHand(visit, email, password);
  await open('/settings?tab=retention');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const days = page.getByRole('textbox', { name: 'Days at hand' });
  const company = page.getByRole('banner').getByRole('button', { name: /^Company / });
  const before = (await company.textContent()) ?? '';
  const other = companies.find(({ name }) => name !== before)?.name ?? '';
  const changeTo = async (name: string): Promise<void> => {
    await company.click();
    await page.getByRole('menuitem', { name }).click();
    await question.getByRole('button', { name: 'Leave' }).click();
    await expect(question).toHaveCount(0);
  };
  await days.fill('11');

  watch.tolerate(/\/auth\/tenant|503/);
  await page.route('**/auth/tenant', (route) => route.fulfill({ status: 503, body: '' }));
  await changeTo(other);
  await expect(page.getByRole('alert').filter({ hasText: 'The hub is busy' })).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'Events' }).click();
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(days).toHaveValue('11');
  await expect(company).toHaveText(before);

  await page.unroute('**/auth/tenant');
  let goOn = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (goOn = resolve));
  await page.route('**/auth/tenant', async (route) => {
    await isHeld;
    await route.continue();
  });
  await changeTo(other);
  await days.fill('12');
  const pages = await page.evaluate<number>('history.length');
  goOn();
  await page.waitForURL('**/overview');
  await watch.settled();
  await expect(company).toHaveText(other);
  await expect(question).toHaveCount(0);
  // The way back does not lead to what was there.
  expect(await page.evaluate<number>('history.length')).toBe(pages);

  await open('/settings?tab=retention');
  await days.fill('11');
  await page.getByRole('button', { name: 'Both' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL('**/sign-in');
  await watch.settled();
  expect(asked).toEqual([]);
});
