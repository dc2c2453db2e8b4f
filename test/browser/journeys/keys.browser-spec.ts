import { newCompany } from '../support/company';
import { signInByHand } from '../support/sign-in';
import { expect, test } from '../support/test';

test('keys do what the button says that has the focus, in rows of a table and in what they open', async ({
  visitAs,
  stage,
  operatorApi,
}) => {
  const { emailOf, password } = await newCompany(stage, operatorApi, ['owner', 'viewer']);
  const visit = await visitAs(null);
  const { page, open } = visit;
  await signInByHand(visit, emailOf('owner'), password);
  await open('/members');
  const row = page.getByRole('row').filter({ hasText: emailOf('viewer') });
  await row.getByText(emailOf('viewer')).click();
  await expect(row).toHaveAttribute('aria-selected', 'true');
  await row.getByRole('button', { name: /password/i }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Make the link' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/\/password-reset\//)).toBeVisible();
});
