import 'reflect-metadata';
import fs from 'node:fs';
import path from 'node:path';
import { createApp } from './create-app';
import { apiSettings } from './settings';
import { describeChanges } from './modules/docs/openapi-changes';
import { buildOpenApiDocument } from './modules/docs/openapi-document';

/**
 * Writes the OpenAPI document to a file, or with `--check` compares the two. Nothing is connected to: pools and queue
 * open their first connection when they are first used.
 */
async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  const file = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
  if (file === undefined) throw new Error('usage: export-openapi [--check] <file>');
  const generated = await generate();
  if (!check) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, generated);
    return;
  }
  const committed = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '{}';
  if (committed === generated) return;
  const changes = describeChanges(JSON.parse(committed) as object, JSON.parse(generated) as object);
  const lines = changes.map((change) => `  ${change.breaking ? 'BREAKING ' : ''}${change.what}`).join('\n');
  process.stderr.write(
    `${file} is not what the code says:\n${lines || '  (descriptions or examples only)'}\nRun "npm run openapi" and review the difference.\n`,
  );
  process.exitCode = 1;
}

async function generate(): Promise<string> {
  const nowhere = 'postgres://nobody@127.0.0.1:1/none';
  const settings = apiSettings.parse({
    HUB_DB_APP_URL: nowhere,
    HUB_DB_ACCEPT_URL: nowhere,
    HUB_DB_OPERATOR_URL: nowhere,
    HUB_DB_QUEUE_URL: nowhere,
    HUB_MASTER_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    HUB_LOG_LEVEL: 'silent',
  });
  const app = await createApp(settings, (described) => JSON.stringify(buildOpenApiDocument(described)));
  const response = await app.inject({ method: 'GET', url: '/openapi.json' });
  return `${JSON.stringify(JSON.parse(response.body), null, 2)}\n`;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
