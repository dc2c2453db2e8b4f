import path from 'node:path';
import { test as base, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';
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
  /** A tab of a window that other tests had tabs in, with what it has fetched before: for looking, and for nothing else. */
  readonly lookAs: (who: Who | null) => Promise<Visit>;
}

interface WorkerFixtures {
  readonly stage: Stage;
  /** With the key of the tenant that is looked at. */
  readonly api: HubApi;
  /** With the key of whoever runs the hub. */
  readonly operatorApi: HubApi;
  readonly windowOf: (who: Who | null) => Promise<BrowserContext>;
}

/** Of every window: whoever is in it wants no movement, and lives in Berlin. */
const SETTINGS: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  colorScheme: 'light',
  reducedMotion: 'reduce',
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
};

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
  windowOf: [
    async ({ browser, stage }, use) => {
      const windows = new Map<Who | null, Promise<BrowserContext>>();
      await use((who) => {
        const window = windows.get(who) ?? browser.newContext({ ...SETTINGS, ...settingsOf(stage, who) });
        windows.set(who, window);
        return window;
      });
      for (const window of windows.values()) await (await window).close();
    },
    { scope: 'worker' },
  ],
  lookAs: async ({ windowOf, stage }, use) => {
    const visits: Visit[] = [];
    await use(async (who) => {
      const visit = await visitIn(await windowOf(who), stage);
      visits.push(visit);
      return visit;
    });
    for (const { watch } of visits) watch.expectQuiet();
    for (const { page } of visits) await page.close();
  },
  visitAs: async ({ browser, stage }, use) => {
    const visits: Visit[] = [];
    await use(async (who, options = {}) => {
      const context = await browser.newContext({ ...SETTINGS, ...settingsOf(stage, who), ...options });
      const visit = await visitIn(context, stage);
      visits.push(visit);
      return visit;
    });
    for (const { watch } of visits) watch.expectQuiet();
    for (const { page } of visits) await page.context().close();
  },
});

function settingsOf({ dev, sessions }: Stage, who: Who | null): BrowserContextOptions {
  return { baseURL: dev.portal_url, ...(who === null ? {} : { storageState: sessions[who] }) };
}

async function visitIn(context: BrowserContext, { dev }: Stage): Promise<Visit> {
  const page = await context.newPage();
  await page.addInitScript({ path: path.join(__dirname, 'in-page.js') });
  const watch = new Watch(page, dev.portal_url);
  const open = async (address: string): Promise<void> => {
    await page.goto(address);
    await watch.settled();
  };
  return { page, watch, open };
}
