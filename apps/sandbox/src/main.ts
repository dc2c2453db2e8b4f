import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startSandbox, type RunningSandbox, type SandboxOptions } from './sandbox';

const port = z.coerce.number().int().min(0).max(65_535);
const FLAGS = z.object({
  host: z.string().optional(),
  'index-port': port,
  'salesforce-port': port.default(0),
  'quickbooks-port': port.default(0),
  'netsuite-port': port.default(0),
  'erp-port': port.default(0),
  'erp-tls-port': port.optional(),
  'control-token': z.string().min(1),
  seed: z.coerce.number().int().min(0).optional(),
  'daily-api-limit': z.coerce.number().int().min(0).optional(),
  'quickbooks-limit-factor': z.coerce.number().positive().optional(),
  'callback-url': z.array(z.url()).default([]),
  'exit-with-parent': z.boolean().default(false),
});

function readFlags(argv: readonly string[]): z.infer<typeof FLAGS> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      host: { type: 'string' },
      'index-port': { type: 'string' },
      'salesforce-port': { type: 'string' },
      'quickbooks-port': { type: 'string' },
      'netsuite-port': { type: 'string' },
      'erp-port': { type: 'string' },
      'erp-tls-port': { type: 'string' },
      'control-token': { type: 'string' },
      seed: { type: 'string' },
      'daily-api-limit': { type: 'string' },
      'quickbooks-limit-factor': { type: 'string' },
      'callback-url': { type: 'string', multiple: true },
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
    ports: {
      salesforce: flags['salesforce-port'],
      quickbooks: flags['quickbooks-port'],
      netsuite: flags['netsuite-port'],
      erp: flags['erp-port'],
    },
    erpTlsPort: flags['erp-tls-port'],
    controlToken: flags['control-token'],
    seed: flags.seed,
    dailyApiLimit: flags['daily-api-limit'],
    quickbooksLimitFactor: flags['quickbooks-limit-factor'],
    callbackUrls: flags['callback-url'],
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
  process.stdout.write(`${JSON.stringify(readyLine(sandbox))}\n`);
}

function readyLine({ indexUrl, urls, erpTlsUrl }: RunningSandbox): object {
  return {
    ready: true,
    index_url: indexUrl,
    ...Object.fromEntries(Object.entries(urls).map(([vendor, url]) => [`${vendor}_url`, url])),
    ...(erpTlsUrl === undefined ? {} : { erp_tls_url: erpTlsUrl }),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
