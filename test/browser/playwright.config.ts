import path from 'node:path';
import { defineConfig } from '@playwright/test';

const workspaceRoot = path.resolve(__dirname, '../..');

/**
 * The portal in a real Chromium. One hub for all tests, one browser for each worker, one context for each test.
 * `npm test -- browser` runs the suite and `npm run screenshots` the other project; both find or install Chromium first.
 */
export default defineConfig({
  testDir: __dirname,
  outputDir: path.join(workspaceRoot, '.cache', 'browser'),
  globalSetup: path.join(__dirname, 'support', 'stage-hub.ts'),
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 30_000,
  // A portal that does not even start is not waited for page by page.
  maxFailures: 20,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    actionTimeout: 12_000,
    navigationTimeout: 15_000,
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'],
      // It is to talk to the hub alone.
      args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
    screenshot: 'only-on-failure',
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
  },
  projects: [
    { name: 'suite', testMatch: '**/*.browser-spec.ts' },
    { name: 'screenshots', testMatch: 'screenshots.ts' },
  ],
});
