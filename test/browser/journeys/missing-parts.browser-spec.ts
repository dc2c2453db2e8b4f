import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

// What an upgrade takes away from a page that is open, or a bad line does.
const GONE = /assets\/|Failed to load resource|dynamically imported|could not be fetched/;

test('a search that cannot be fetched leaves the page as it is, and is there once it can', async ({ visitAs }) => {
  const { page, watch, open } = await visitAs('viewer');
  await open('/events');
  watch.tolerate(GONE);
  const files = '**/assets/search-dialog-*';
  await page.route(files, (route) => route.abort());
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('alert')).toContainText('A part of this page could not be fetched');
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press('/');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await page.unroute(files);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('textbox')).toBeFocused();
});

test('a mapping that is being written is not lost with a part that cannot be fetched, and can still be saved', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { api, emailOf, password } = await newCompany(stage, operatorApi, ['developer']);
  const { id } = await api.post<{ id: string }>('/v1/mappings', { name: 'Orders', expression: '{ "id": id }' });
  const visit = await visitAs(null);
  const { page, watch, open } = visit;
  await signInByHand(visit, emailOf('developer'), password);
  await open(`/mappings/${id}`);
  await page.getByRole('region', { name: 'Mapping', exact: true }).getByText('Code', { exact: true }).click();
  const code = page.getByRole('textbox', { name: 'Mapping, in JSONata' });
  await code.fill('{ "id": id, "more": 1 }');
  watch.tolerate(GONE);
  await page.route('**/assets/*', (route) => route.abort());
  await page.getByRole('tab', { name: 'Versions' }).click();
  await expect(page.getByRole('alert')).toContainText('A part of this page could not be fetched');
  await page.getByRole('tab', { name: 'Edit' }).click();
  await expect(code).toContainText('more');
  const save = { name: 'Save as new version' };
  await page.getByRole('button', save).click();
  await page.getByRole('dialog').getByRole('button', save).click();
  await expect(page.getByText('Version 2', { exact: true })).toBeVisible();
  await watch.settled();
});
