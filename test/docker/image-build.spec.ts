import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { readText, ROOT, stageContext } from './docker-files';

/** Below the repository, where the packages are found as they are in the image. */
const CACHE = path.join(ROOT, '.cache');

/** What the portal's pages, the try-it reference and compose.yaml ask for. */
const NEEDED = [
  'apps/portal/index.html',
  'openapi/openapi.json',
  'apps/api/src/main.js',
  'apps/api/src/migrate.js',
  'apps/api/src/create-operator-key.js',
  'apps/worker/src/main.js',
  'libs/mapping/engine/src/child/mapping-child.js',
];

it('the image is built from what its context holds, with the portal and the API’s description', () => {
  fs.mkdirSync(CACHE, { recursive: true });
  const folder = fs.mkdtempSync(path.join(CACHE, 'image-'));
  try {
    stageContext(folder);
    const [, command = ''] = /^RUN (node tools\/.*)$/m.exec(readText('docker/Dockerfile')) ?? [];
    const built = spawnSync(process.execPath, command.split(' ').slice(1), { cwd: folder, encoding: 'utf8' });
    expect({ status: built.status, stderr: built.stderr }).toMatchObject({ status: 0 });
    expect(NEEDED.filter((file) => !fs.existsSync(path.join(folder, 'dist', file)))).toEqual([]);
    const scripts = fs.readdirSync(path.join(folder, 'dist/apps/portal/assets')).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(10);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
