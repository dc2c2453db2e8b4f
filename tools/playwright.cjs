'use strict';
/** Runs a project of the browser tests, with the Chromium that is here or can be had. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ensureChromium } = require('./chromium.cjs');

const workspaceRoot = path.resolve(__dirname, '..');
const MINUTE = 60_000;

/**
 * @param project of test/browser/playwright.config.ts
 * @param values further arguments of Playwright's command
 * @returns figures for the summary; a run that ended without any counts as one failure
 */
function runPlaywright(project, values, minutes) {
  const CHROMIUM_PATH = ensureChromium();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-npm-test-'));
  const results = path.join(folder, 'results.json');
  const cli = path.join(path.dirname(require.resolve('@playwright/test/package.json')), 'cli.js');
  const config = path.join(workspaceRoot, 'test', 'browser', 'playwright.config.ts');
  try {
    const run = spawnSync(
      process.execPath,
      [cli, 'test', '--config', config, '--project', project, '--reporter', 'list,json', ...values],
      {
        cwd: workspaceRoot,
        stdio: 'inherit',
        env: { ...process.env, CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_FILE: results },
        timeout: minutes * MINUTE,
      },
    );
    if (run.error?.code === 'ETIMEDOUT') console.error(`was still running after ${minutes} minutes`);
    if (!fs.existsSync(results)) return { passed: 0, failed: 1 };
    const { stats, errors } = JSON.parse(fs.readFileSync(results, 'utf8'));
    const failed = stats.unexpected + stats.flaky + errors.length;
    return {
      passed: stats.expected,
      skipped: stats.skipped,
      failed: failed === 0 && run.status !== 0 ? 1 : failed,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { runPlaywright };
