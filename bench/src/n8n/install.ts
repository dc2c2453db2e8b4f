import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of the releases that run on Node.js 20.19 as well as on later ones, the one published last. */
export const N8N_VERSION = '1.123.81';

/**
 * No scripts of packages are run: what they would compile (SQLite, the sandbox of expressions) is not used here.
 * n8n names an archive on a server of its maker; the package of that name in the registry does as well, since no spreadsheet is read.
 */
const MANIFEST = { private: true, dependencies: { n8n: N8N_VERSION }, overrides: { xlsx: '0.18.5' } };
const COMPLETE = '.complete';

/**
 * n8n in a folder of its own, outside of the project and kept for the next time: BENCH_CACHE, or the system's temporary
 * folder. @returns its program
 */
export async function installN8n(): Promise<string> {
  const folder = join(process.env['BENCH_CACHE'] ?? tmpdir(), `hub-bench-n8n-${N8N_VERSION}`);
  const program = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
  if (existsSync(join(folder, COMPLETE)) && existsSync(program)) return program;
  process.stderr.write(`  installing n8n ${N8N_VERSION} into ${folder}: some minutes, once … `);
  const started = performance.now();
  await mkdir(folder, { recursive: true });
  await rm(join(folder, 'node_modules'), { recursive: true, force: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST));
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--omit=dev', '--loglevel=error'];
  // What is strict for this repository is not for n8n's optional parts, of which one wants a later Node.js.
  flags.push('--engine-strict=false');
  const npm = spawn('npm', ['install', '--prefix', folder, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`npm install of n8n ended with ${code}`);
  await writeFile(join(folder, COMPLETE), new Date().toISOString());
  process.stderr.write(`${Math.round((performance.now() - started) / 1_000)} s\n`);
  return program;
}
