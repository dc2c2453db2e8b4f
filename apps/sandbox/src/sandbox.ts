import { startIndex } from './index-server';
import { type Listening } from './kernel/http-frame';
import { VENDOR_NAMES, VENDORS, type Vendor } from './vendors';
import { startErp } from './vendors/erp/erp.server';
import { startNetSuite } from './vendors/netsuite/netsuite.server';
import { startQuickBooks } from './vendors/quickbooks/quickbooks.server';
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
  /** 0, the default, takes any free port. Each vendor is at the root of its own, as at the real one. */
  readonly ports?: Readonly<Partial<Record<Vendor, number>>>;
  /** HTTPS of the ERP, for client certificates. Absent: none. */
  readonly erpTlsPort?: number;
  /** Bearer token of every control plane (`/__admin`). */
  readonly controlToken: string;
  /** Same seed, same ids and credentials. */
  readonly seed?: number;
  /** API calls of each Salesforce org in 24 hours. Default 15,000. */
  readonly dailyApiLimit?: number;
  /** Multiplies QuickBooks' limits on calls. Default 1. */
  readonly quickbooksLimitFactor?: number;
  /** Connected apps besides, or instead of, the seeded ones. */
  readonly salesforceApps?: readonly SalesforceAppRegistration[];
  /** OAuth callback addresses to register on the seeded apps of every vendor; compared exactly. */
  readonly callbackUrls?: readonly string[];
}

export interface RunningSandbox {
  readonly indexUrl: string;
  readonly urls: Readonly<Record<Vendor, string>>;
  readonly erpTlsUrl?: string;
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
  if (options.controlToken === '') throw new Error('the control token is empty');
  const started: Listening[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((server) => server.close()));
  };
  try {
    const urls: Partial<Record<Vendor, string>> = {};
    let erpTlsUrl: string | undefined;
    for (const vendor of VENDORS) {
      const port = options.ports?.[vendor] ?? 0;
      const server = await bind(VENDOR_NAMES[vendor], port, () => STARTERS[vendor](options, port));
      started.push(server);
      urls[vendor] = server.url;
      erpTlsUrl ??= server.tlsUrl;
    }
    const all = urls as Record<Vendor, string>;
    const { host = '127.0.0.1', controlToken, indexPort } = options;
    const index = await bind('the index page', indexPort, () =>
      startIndex({ host, port: indexPort, controlToken, urls: all }),
    );
    started.push(index);
    return { indexUrl: index.url, urls: all, ...(erpTlsUrl === undefined ? {} : { erpTlsUrl }), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Bound extends Listening {
  readonly tlsUrl?: string;
}

const STARTERS: Readonly<Record<Vendor, (options: SandboxOptions, port: number) => Promise<Bound>>> = {
  salesforce: (options, port) =>
    startSalesforce({
      ...common(options, port),
      dailyApiLimit: options.dailyApiLimit ?? DEFAULT_DAILY_API_LIMIT,
      apps: options.salesforceApps ?? [],
    }),
  quickbooks: (options, port) =>
    startQuickBooks({ ...common(options, port), limitFactor: options.quickbooksLimitFactor ?? 1 }),
  netsuite: (options, port) => startNetSuite({ ...common(options, port), apps: [] }),
  erp: (options, port) => startErp({ ...common(options, port), tlsPort: options.erpTlsPort }),
};

function common(
  { host = '127.0.0.1', controlToken, seed = DEFAULT_SEED, callbackUrls = [] }: SandboxOptions,
  port: number,
) {
  return { host, port, controlToken, seed, callbackUrls };
}

async function bind<T>(server: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw typeof code === 'string' ? new SandboxPortError(server, port, code, error) : error;
  }
}
