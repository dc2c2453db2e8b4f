import { startIndex } from './index-server';
import { type Listening } from './kernel/http-frame';
import { DEFAULT_SEED } from './vendors/salesforce/salesforce.accounts';
import { startSalesforce } from './vendors/salesforce/salesforce.server';
import { type SalesforceAppRegistration } from './vendors/salesforce/salesforce.state';

/** What a developer edition org has. */
const DEFAULT_DAILY_API_LIMIT = 15_000;

export interface SandboxOptions {
  /** Address to bind. Default `127.0.0.1`: the stand-ins hold test credentials and belong to this machine. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly indexPort: number;
  /** 0 takes any free port. */
  readonly salesforcePort: number;
  /** Bearer token of every control plane (`/__admin`). */
  readonly controlToken: string;
  /** Same seed, same ids and credentials. */
  readonly seed?: number;
  /** API calls of each Salesforce org in 24 hours. Default 15,000. */
  readonly dailyApiLimit?: number;
  /** Connected apps besides, or instead of, the seeded ones. */
  readonly salesforceApps?: readonly SalesforceAppRegistration[];
  /** OAuth callback addresses to register on the seeded apps; compared exactly. */
  readonly salesforceCallbackUrls?: readonly string[];
}

export interface RunningSandbox {
  readonly indexUrl: string;
  readonly salesforceUrl: string;
  /** Ends all servers and every open connection. */
  close(): Promise<void>;
}

/** A port could not be bound. */
export class SandboxPortError extends Error {
  constructor(
    readonly server: string,
    readonly port: number,
    readonly code: string,
    cause: unknown,
  ) {
    super(`the sandbox cannot use port ${port} for ${server}: ${code === 'EADDRINUSE' ? 'it is in use' : code}`, {
      cause,
    });
  }
}

/**
 * Starts every stand-in. Either all of them run when it resolves, or none.
 * @throws SandboxPortError when a port cannot be bound
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { host = '127.0.0.1', controlToken, seed = DEFAULT_SEED, dailyApiLimit = DEFAULT_DAILY_API_LIMIT } = options;
  if (controlToken === '') throw new Error('the control token is empty');
  const salesforce = await bind('Salesforce', options.salesforcePort, () =>
    startSalesforce({
      host,
      port: options.salesforcePort,
      controlToken,
      seed,
      dailyApiLimit,
      apps: options.salesforceApps ?? [],
      callbackUrls: options.salesforceCallbackUrls ?? [],
    }),
  );
  const index = await bind('the index page', options.indexPort, () =>
    startIndex({ host, port: options.indexPort, controlToken, salesforceUrl: salesforce.url }),
  ).catch(async (error: unknown) => {
    await salesforce.close();
    throw error;
  });
  return {
    indexUrl: index.url,
    salesforceUrl: salesforce.url,
    close: async () => {
      await Promise.all([index.close(), salesforce.close()]);
    },
  };
}

async function bind(server: string, port: number, start: () => Promise<Listening>): Promise<Listening> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw typeof code === 'string' ? new SandboxPortError(server, port, code, error) : error;
  }
}
