'use strict';
/**
 * Compiles `apps/` and `libs/` into `dist/` with SWC, keeping the tree’s shape, and skips files whose
 * output is newer than their source, so that a second start costs milliseconds. The portal is Vite's.
 * Type errors are the business of `npm run typecheck`.
 */
const fs = require('node:fs');
const path = require('node:path');
const swc = require('@swc/core');
const { buildPortal } = require('./build-portal.cjs');
const { swcOptions, workspaceRoot } = require('./swc-options.cjs');

const SOURCE_ROOTS = ['apps', 'libs', 'bench', 'openapi'];
const ASSET_EXTENSIONS = new Set(['.json', '.html', '.css', '.svg', '.wsdl', '.sql', '.csv', '.mjs']);
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'e2e', 'fixtures', 'portal']);

function* walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) yield* walk(full);
    } else yield full;
  }
}

function isNewer(source, output) {
  try {
    return fs.statSync(output).mtimeMs >= fs.statSync(source).mtimeMs;
  } catch {
    return false;
  }
}

async function build() {
  const options = swcOptions();
  const expected = new Set();
  let compiled = 0;
  for (const root of SOURCE_ROOTS) {
    const absoluteRoot = path.join(workspaceRoot, root);
    if (!fs.existsSync(absoluteRoot)) continue;
    for (const source of walk(absoluteRoot)) {
      const relative = path.relative(workspaceRoot, source);
      const extension = path.extname(source);
      const isSource = extension === '.ts' && !/spec\.ts$|\.d\.ts$/.test(source);
      const isAsset = ASSET_EXTENSIONS.has(extension) && path.basename(source) !== 'project.json';
      if (!isSource && !isAsset) continue;
      const output = path.join(workspaceRoot, 'dist', isSource ? relative.replace(/\.ts$/, '.js') : relative);
      expected.add(output);
      if (isNewer(source, output)) continue;
      fs.mkdirSync(path.dirname(output), { recursive: true });
      if (isAsset) fs.copyFileSync(source, output);
      else {
        const result = await swc.transformFile(source, {
          ...options,
          // Node keeps each map in memory, and names lines without the sources' text.
          inlineSourcesContent: false,
          filename: source,
          outputPath: path.dirname(output),
        });
        fs.writeFileSync(`${output}.map`, result.map);
        fs.writeFileSync(output, `${result.code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
      }
      compiled++;
    }
  }
  removeOrphans(path.join(workspaceRoot, 'dist'), expected);
  if (await buildPortal()) compiled++;
  return compiled;
}

/** A deleted source must not live on in `dist/`, where a stale file would still be found. */
function removeOrphans(folder, expected) {
  if (!fs.existsSync(folder)) return;
  for (const file of walk(folder)) {
    if (!expected.has(file.replace(/\.map$/, ''))) fs.rmSync(file);
  }
}

module.exports = { build };

if (require.main === module) {
  const started = Date.now();
  build().then(
    (compiled) => console.log(`built ${compiled} changed files in ${Date.now() - started} ms`),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}
