import { newCompany } from '../support/company';
import { HubApi, type List } from '../support/hub-api';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

test('a developer makes a key, sends an event with it and finds the event', async ({ visitAs, stage, operatorApi }) => {
  const company = await newCompany(stage, operatorApi, ['developer']);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('developer'), company.password);

  await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('button', { name: 'Create a key' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create a key' });
  await dialog.getByLabel('Name').fill('Billing');
  await dialog.getByLabel('Ends').fill('2036-01-15T12:00');
  await expect(dialog.getByLabel('Ends (CET)')).toBeVisible();
  // In one go: day and month in whatever order the field has them, then the year, hours and minutes.
  await dialog.getByLabel('Ends').focus();
  await page.keyboard.type('111120361030A');
  await expect(dialog.getByLabel('Ends')).toHaveValue('2036-11-11T10:30');
  await dialog.getByLabel('Ends').fill('2036-01-15T12:00');
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  const key = (await dialog.getByText(/^hub_test_/).textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row').filter({ hasText: 'Billing' })).toContainText('events:write');

  const { data: keys } = await company.api.get<List>('/v1/api-keys');
  expect(keys.find(({ name }) => name === 'Billing')).toMatchObject({ expires_at: '2036-01-15T11:00:00.000Z' });

  const program = await HubApi.with(stage.dev.api_url, key);
  await program.post('/v1/events', { event_id: 'first-1', type: 'invoice.created', data: { number: 'INV-77' } });
  await program.close();

  await page.getByRole('navigation').getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByLabel('Search', { exact: true }).fill('first-1');
  await page.getByLabel('Search', { exact: true }).press('Enter');
  await expect(page).toHaveURL(/q=first-1/);
  await page.getByRole('row').filter({ hasText: 'first-1' }).click();
  await page.waitForURL(/\/events\/evt_/);
  await watch.settled();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('invoice.created');
  await expect(page.getByRole('region', { name: 'Payload as received, as JSON' })).toContainText('INV-77');
  await expect(page.getByText('Accepted with the key')).toBeVisible();
});

test('a developer rotates a key that ends soon: the new one takes over and lasts longer, the old one goes on for the overlap', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const company = await newCompany(stage, operatorApi, ['developer']);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const made = { name: 'Billing', environment: 'test', scopes: ['events:read'], expires_at: expiresAt };
  const { id, key: old } = await company.api.post<{ id: string; key: string }>('/v1/api-keys', made);
  const visit = await visitAs(null);
  const { page, watch } = visit;
  await signInByHand(visit, company.emailOf('developer'), company.password);
  await page.getByRole('navigation').getByRole('link', { name: 'API keys' }).click();
  await watch.settled();
  const rows = page.getByRole('row').filter({ hasText: 'Billing' });
  await rows.getByRole('button', { name: 'Rotate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make a new key in the place of “Billing”?' });
  await dialog.getByLabel('Overlap (hours)').fill('2');
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  const key = (await dialog.getByText(/^hub_test_/).textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'Expiring' })).toHaveCount(1);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(rows.getByText(/^(Active|Expiring) · /).filter({ visible: true })).toHaveCount(2);
  await page.setViewportSize({ width: 1280, height: 800 });
  // The old one is no longer rotated, and can still be ended at once. The company's first key may do more than a developer.
  await expect(page.getByRole('button', { name: 'Rotate', disabled: false })).toHaveCount(1);
  const notOffered = page.getByRole('button', { name: 'Rotate', disabled: true });
  await notOffered.focus();
  await expect(page.getByRole('tooltip')).toContainText(/You lack what this key may do: .*audit:read/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(rows.getByRole('button', { name: 'Revoke' })).toHaveCount(2);

  const { data } = await company.api.get<List<Record<string, string>>>('/v1/api-keys');
  const [after, before] = [data.find(({ replaces }) => replaces === id), data.find((row) => row['id'] === id)];
  expect(Date.parse(after?.['expires_at'] ?? '')).toBeGreaterThan(Date.parse(expiresAt));
  expect(Date.parse(before?.['revoked_at'] ?? '') - Date.parse(after?.['created_at'] ?? '')).toBe(7_200_000);
  for (const each of [old, key]) {
    const program = await HubApi.with(stage.dev.api_url, each);
    await program.get('/v1/events');
    await program.close();
  }
});
