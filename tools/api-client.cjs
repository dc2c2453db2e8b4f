'use strict';
/**
 * Generates `libs/api-client/src/generated` from the committed OpenAPI document; with `--check` it generates into a
 * scratch folder and compares, so that a forgotten generation fails CI.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const workspaceRoot = path.resolve(__dirname, '..');
const committed = path.join(workspaceRoot, 'libs', 'api-client', 'src', 'generated');

async function generate(output) {
  const { createClient } = await import('@hey-api/openapi-ts');
  await createClient({
    input: path.join(workspaceRoot, 'openapi', 'openapi.json'),
    output: { path: output, clean: true },
    logs: { level: 'silent' },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  });
}

function filesOf(folder, prefix = '') {
  if (!fs.existsSync(folder)) return new Map();
  return new Map(
    fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(prefix, entry.name);
      const full = path.join(folder, entry.name);
      return entry.isDirectory() ? [...filesOf(full, name)] : [[name, fs.readFileSync(full, 'utf8')]];
    }),
  );
}

async function main() {
  if (!process.argv.includes('--check')) return generate(committed);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-api-client-'));
  try {
    await generate(scratch);
    const [fresh, kept] = [filesOf(scratch), filesOf(committed)];
    const different = [...new Set([...fresh.keys(), ...kept.keys()])].filter(
      (name) => fresh.get(name) !== kept.get(name),
    );
    if (different.length === 0) return;
    console.error(
      `libs/api-client is not what openapi/openapi.json says: ${different.join(', ')}. Run "npm run openapi".`,
    );
    process.exitCode = 1;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
