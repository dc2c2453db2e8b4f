import { newCompany } from '../support/company';
import { HubApi } from '../support/hub-api';
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
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  const key = (await dialog.getByText(/^hub_test_/).textContent()) ?? '';
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row').filter({ hasText: 'Billing' })).toContainText('events:write');

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
