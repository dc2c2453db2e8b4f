import path from 'node:path';
import { type Page } from '@playwright/test';
import { darken, NARROW } from './support/inspect';
import { portalPages } from './support/pages';
import { test } from './support/test';

const FOLDER = process.env['HUB_SCREENSHOTS'] ?? '.cache/screenshots';

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true, animations: 'disabled' });
}

for (const { name, who, addressOf, isLate } of portalPages()) {
  test(name, async ({ lookAs, stage, api }) => {
    if (isLate) test.setTimeout(150_000);
    const address = await addressOf(stage, api);
    const { page, open } = await lookAs(who);
    await open(address);
    await picture(page, `${name}-1280-light`);
    await darken(page);
    await picture(page, `${name}-1280-dark`);
    await page.setViewportSize(NARROW);
    await page.emulateMedia({ colorScheme: 'light' });
    await open(address);
    await picture(page, `${name}-360-light`);
    await darken(page);
    await picture(page, `${name}-360-dark`);
  });
}
