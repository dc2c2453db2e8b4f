import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startSandbox, type SandboxOptions } from './sandbox';

const port = z.coerce.number().int().min(0).max(65_535);
const FLAGS = z.object({
  host: z.string().optional(),
  'index-port': port,
  'salesforce-port': port,
  'control-token': z.string().min(1),
  seed: z.coerce.number().int().min(0).optional(),
  'daily-api-limit': z.coerce.number().int().min(0).optional(),
  'salesforce-callback-url': z.array(z.url()).default([]),
  'exit-with-parent': z.boolean().default(false),
});

function readFlags(argv: readonly string[]): z.infer<typeof FLAGS> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      host: { type: 'string' },
      'index-port': { type: 'string' },
      'salesforce-port': { type: 'string' },
      'control-token': { type: 'string' },
      seed: { type: 'string' },
      'daily-api-limit': { type: 'string' },
      'salesforce-callback-url': { type: 'string', multiple: true },
      'exit-with-parent': { type: 'boolean' },
    },
  });
  const parsed = FLAGS.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  const options: SandboxOptions = {
    host: flags.host,
    indexPort: flags['index-port'],
    salesforcePort: flags['salesforce-port'],
    controlToken: flags['control-token'],
    seed: flags.seed,
    dailyApiLimit: flags['daily-api-limit'],
    salesforceCallbackUrls: flags['salesforce-callback-url'],
  };
  const sandbox = await startSandbox(options);
  const stop = (): void => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (flags['exit-with-parent']) {
    // The pipe closes however the parent dies, kill -9 included.
    process.stdin.resume().once('end', stop).once('error', stop);
  }
  process.stdout.write(
    `${JSON.stringify({ ready: true, index_url: sandbox.indexUrl, salesforce_url: sandbox.salesforceUrl })}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
