'use strict';
/** `npm run screenshots`: every page of the portal with data in it, light and dark, wide and narrow, in `.cache/screenshots`. */
const fs = require('node:fs');
const path = require('node:path');
const { prepare } = require('./prepare.cjs');
const { ensureRedis } = require('./redis.cjs');
const { runPlaywright } = require('./playwright.cjs');

const FOLDER = path.resolve(__dirname, '..', '.cache', 'screenshots');

async function main() {
  ensureRedis();
  await prepare();
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER, { recursive: true });
  process.env.HUB_SCREENSHOTS = FOLDER;
  // Words are parts of the pages' names: `npm run screenshots -- events members`.
  const words = process.argv.slice(2);
  const { failed } = runPlaywright('screenshots', words.length === 0 ? [] : ['--grep', words.join('|')], 10);
  console.log(`\n${fs.readdirSync(FOLDER).length} pictures in ${path.relative(process.cwd(), FOLDER)}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
