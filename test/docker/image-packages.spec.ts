import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readInstall, readText, ROOT } from './docker-files';
import { importedPackages, reachableFiles } from './image-programs';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** Loads each of them as the programs do, and names those that cannot be. */
const LOAD_ALL = `
  const load = async (name) => {
    try {
      require(name);
    } catch (error) {
      if (error.code !== 'ERR_REQUIRE_ESM') throw error;
      await import(name);
    }
  };
  const failed = [];
  const told = (name) => (error) => void failed.push(name + ': ' + error.message.split('\\n')[0]);
  Promise.all(JSON.parse(process.argv[1]).map((name) => load(name).catch(told(name))))
    .then(() => console.log(JSON.stringify(failed)));
`;

it('every package that the programs import loads from what the image installs', () => {
  const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Readonly<Record<string, Locked>> };
  const { options, removed } = readInstall();
  const leavesOut = (wanted: string): boolean => options.includes(`--omit=${wanted}`);
  // Else everything would load from what only development needs.
  expect(leavesOut('dev')).toBe(true);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-image-packages-'));
  try {
    for (const [place, locked] of Object.entries(packages)) {
      // What is below another package comes with it.
      if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) || !fs.existsSync(path.join(ROOT, place))) continue;
      if ((locked.dev && leavesOut('dev')) || (locked.optional && leavesOut('optional'))) continue;
      if (removed.some((gone) => `${place}/`.startsWith(`${gone}/`))) continue;
      fs.mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
      fs.symlinkSync(path.join(ROOT, place), path.join(folder, place));
    }
    const names = importedPackages(reachableFiles());
    expect(names).toContain('@node-rs/argon2');
    // As if they were there and not only linked: a package finds what the folder has, and not what the repository has.
    const flags = ['--preserve-symlinks', '--eval', LOAD_ALL];
    const run = spawnSync(process.execPath, [...flags, JSON.stringify(names)], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(run.stdout || JSON.stringify(run.stderr))).toEqual([]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
