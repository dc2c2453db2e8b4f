import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

test('a key that was not copied is not lost to a click or a key, and a link that is on its way is waited for', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['admin']);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('admin'), password);
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await open('/api-keys');
  await page.getByRole('button', { name: 'Create a key' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create a key' });
  await dialog.getByLabel('Name').fill('Billing');
  await dialog.getByRole('button', { name: 'Create a key' }).click();
  const key = dialog.getByText(/^hub_test_/);
  await expect(key).toBeVisible();
  await page.mouse.click(8, 400);
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(question).toHaveCount(0);
  await expect(key).toBeVisible();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  await open('/members');
  let goOn = (): void => undefined;
  const isHeld = new Promise<void>((resolve) => (goOn = resolve));
  await page.route('**/v1/members', async (route) => {
    if (route.request().method() === 'POST') await isHeld;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Invite' }).click();
  const invite = page.getByRole('dialog', { name: 'Invite' });
  await invite.getByLabel('E-mail').fill('somebody@example.com');
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/members'));
  await invite.getByLabel('E-mail').press('Enter');
  await sent;
  await page.keyboard.press('Escape');
  // What a key does to a dialog is done after it.
  await page.evaluate('new Promise((done) => setTimeout(() => requestAnimationFrame(done)))');
  goOn();
  await expect(invite.getByText(/\/invitation\//)).toBeVisible();
  await page.keyboard.press('Escape');
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(invite.getByText(/\/invitation\//)).toBeVisible();
});
