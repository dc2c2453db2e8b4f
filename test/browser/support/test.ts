import path from 'node:path';
import { test as base, type BrowserContextOptions, type Page } from '@playwright/test';
import { HubApi } from './hub-api';
import { readStage, type Stage, type Who } from './stage';
import { Watch } from './watch';

export { expect } from '@playwright/test';

export interface Visit {
  readonly page: Page;
  readonly watch: Watch;
  /** Opens an address of the portal and waits until it is all there. */
  open(address: string): Promise<void>;
}

interface Fixtures {
  /** A browser window of somebody's own; null is a stranger. */
  readonly visitAs: (who: Who | null, options?: BrowserContextOptions) => Promise<Visit>;
}

interface WorkerFixtures {
  readonly stage: Stage;
  /** With the key of the tenant that is looked at. */
  readonly api: HubApi;
  /** With the key of whoever runs the hub. */
  readonly operatorApi: HubApi;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // Playwright reads from this pattern what a fixture needs: nothing.
  // eslint-disable-next-line no-empty-pattern
  stage: [async ({}, use) => use(readStage()), { scope: 'worker' }],
  api: [
    async ({ stage }, use) => {
      const api = await HubApi.with(stage.dev.api_url, stage.tenant.api_key);
      await use(api);
      await api.close();
    },
    { scope: 'worker' },
  ],
  operatorApi: [
    async ({ stage }, use) => {
      const api = await HubApi.with(stage.dev.api_url, stage.dev.operator_key);
      await use(api);
      await api.close();
    },
    { scope: 'worker' },
  ],
  visitAs: async ({ browser, stage, contextOptions, viewport, colorScheme, locale, timezoneId }, use) => {
    const visits: Visit[] = [];
    await use(async (who, options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        ...{ viewport, colorScheme, locale, timezoneId },
        baseURL: stage.dev.portal_url,
        ...(who === null ? {} : { storageState: stage.sessions[who] }),
        ...options,
      });
      await context.addInitScript({ path: path.join(__dirname, 'in-page.js') });
      const page = await context.newPage();
      const watch = new Watch(page, stage.dev.portal_url);
      const open = async (address: string): Promise<void> => {
        await page.goto(address);
        await watch.settled();
      };
      const visit = { page, watch, open };
      visits.push(visit);
      return visit;
    });
    for (const { watch } of visits) watch.expectQuiet();
    for (const { page } of visits) await page.context().close();
  },
});
