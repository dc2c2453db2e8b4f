import { NARROW } from '../support/inspect';
import { expect, test } from '../support/test';

test('on a phone the menu is reached by keys while it is open, and not while it is closed', async ({ visitAs }) => {
  const { page, open } = await visitAs('viewer', { viewport: NARROW });
  await open('/links');
  const burger = page.getByRole('button', { name: 'Open menu' });
  const link = page.getByRole('navigation').getByRole('link', { name: 'Events' });
  await expect(burger).toHaveAttribute('aria-expanded', 'false');
  await burger.focus();
  const passed: string[] = [];
  for (let stop = 0; stop < 12; stop++) {
    await page.keyboard.press('Tab');
    passed.push(await page.evaluate<string>('document.activeElement?.closest("nav")?.ariaLabel ?? ""'));
  }
  expect(passed).not.toContain('Main');

  await burger.click();
  await expect(burger).toHaveAttribute('aria-expanded', 'true');
  await expect(link).toBeVisible();
  await link.focus();
  await page.keyboard.press('Escape');
  await expect(burger).toHaveAttribute('aria-expanded', 'false');
  await expect(burger).toBeFocused();
  await expect(link).toHaveCount(0);
  await burger.click();
  await link.click();
  await page.waitForURL('**/events');
  await expect(burger).toHaveAttribute('aria-expanded', 'false');
});
