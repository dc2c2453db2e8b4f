import { inspect } from './support/inspect';
import { declaredRoutes, portalPages } from './support/pages';
import { expect, test } from './support/test';

// What is wrong is said in words, with a picture; to record every step of every page costs more than to open it.
test.use({ trace: 'off' });

test.describe('every page', () => {
  for (const { name, who, addressOf, isLate } of portalPages()) {
    test(`${name} is whole, quiet and accessible, wide and narrow, light and dark`, async ({ lookAs, stage, api }) => {
      if (isLate) test.setTimeout(150_000);
      await inspect(await lookAs(who), await addressOf(stage, api));
    });
  }

  test('that the portal has is among them', async ({ visitAs }) => {
    const { page, open } = await visitAs('owner');
    await open('/overview');
    const known = await page.evaluate<string[]>('Object.keys(__TSR_ROUTER__.routesByPath)');
    const declared = declaredRoutes().map(({ path }) => path);
    expect([...known].sort()).toEqual([...new Set(['/', ...declared])].sort());
  });
});
