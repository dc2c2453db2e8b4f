'use strict';
/**
 * Builds the portal into `dist/apps/portal` with Vite, with a Brotli and a gzip copy of each text file beside it, and does
 * nothing when its sources are those of the last build.
 */
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { workspaceRoot } = require('./swc-options.cjs');

const PORTAL = path.join(workspaceRoot, 'apps', 'portal');
const OUTPUT = path.join(workspaceRoot, 'dist', 'apps', 'portal');
const STAMP = '.sources';
const COMPRESSED = new Set(['.js', '.css', '.html', '.svg', '.json']);
/** Below this a compressed copy saves no packet. */
const LEAST_BYTES = 1_024;

function* filesOf(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(full);
    else yield full;
  }
}

function fingerprint() {
  const hash = crypto.createHash('sha256');
  const sources = [
    ...filesOf(PORTAL),
    ...filesOf(path.join(workspaceRoot, 'libs', 'api-client', 'src')),
    ...filesOf(path.join(workspaceRoot, 'libs', 'audit', 'src', 'verifier')),
    path.join(workspaceRoot, 'package-lock.json'),
    __filename,
  ];
  for (const file of sources) {
    if (/\.spec\.tsx?$/.test(file)) continue;
    hash.update(path.relative(workspaceRoot, file)).update('\0').update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function compress(folder) {
  for (const file of [...filesOf(folder)]) {
    const content = fs.readFileSync(file);
    if (!COMPRESSED.has(path.extname(file)) || content.length < LEAST_BYTES) continue;
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }));
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content));
  }
}

async function buildPortal() {
  const sources = fingerprint();
  const stamp = path.join(OUTPUT, STAMP);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === sources) return false;
  const { build } = await import('vite');
  // Beside the last one and then in its place: who reads it meanwhile sees the old or the new, never half of one.
  const fresh = path.join(workspaceRoot, 'node_modules', '.cache', `portal-${process.pid}`);
  const environment = process.env.NODE_ENV;
  await build({
    configFile: path.join(PORTAL, 'vite.config.mjs'),
    logLevel: 'warn',
    build: { outDir: fresh },
  });
  // Vite says "production" for itself; what this process starts next, tests of the portal among it, must not inherit that.
  if (environment === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = environment;
  compress(fresh);
  fs.writeFileSync(path.join(fresh, STAMP), sources);
  fs.mkdirSync(path.dirname(OUTPUT), { recursive: true });
  fs.rmSync(OUTPUT, { recursive: true, force: true });
  fs.renameSync(fresh, OUTPUT);
  return true;
}

module.exports = { buildPortal };
