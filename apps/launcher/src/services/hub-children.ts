import { join } from 'node:path';
import { API_NODE_FLAGS } from '@hub/platform';
import { type LauncherSettings } from '../settings/launcher-settings';
import { type ManagedService } from '../supervisor/managed-service';
import { callbackUrls } from '../seed/oauth-apps';
import { addressesOf, LOOPBACK } from './addresses';
import { apiEnvironment, workerEnvironment, type ChildFacts } from './child-environment';
import { type ChildOutput } from './child-output';
import { childService } from './child-service';

/** Connectors whose stand-ins have pages to sign in on. */
const SIGN_IN_CONNECTORS = ['salesforce', 'quickbooks', 'netsuite'];

export interface ProgramOptions {
  /** Folder of the compiled programs. */
  readonly distFolder: string;
  readonly output: ChildOutput;
}

function program(app: string, { distFolder }: ProgramOptions): string {
  return join(distFolder, 'apps', app, 'src', 'main.js');
}

export function apiService(facts: ChildFacts, options: ProgramOptions): ManagedService<'api'> {
  return childService({
    name: 'api',
    script: program('api', options),
    nodeFlags: API_NODE_FLAGS,
    env: apiEnvironment(facts),
    readyUrl: `${addressesOf(facts.settings).api}/health/ready`,
    output: options.output,
  });
}

export function workerService(facts: ChildFacts, options: ProgramOptions): ManagedService<'worker'> {
  return childService({
    name: 'worker',
    script: program('worker', options),
    env: workerEnvironment(facts),
    readyUrl: `${addressesOf(facts.settings).workerMetrics}/health/ready`,
    output: options.output,
  });
}

export function sandboxService(
  settings: LauncherSettings,
  controlToken: string,
  options: ProgramOptions,
): ManagedService<'sandbox'> {
  return childService({
    name: 'sandbox',
    script: program('sandbox', options),
    args: [
      '--host',
      LOOPBACK,
      '--index-port',
      String(settings.sandboxPort),
      ...Object.entries(settings.vendorPorts).flatMap(([vendor, port]) => [`--${vendor}-port`, String(port)]),
      // In one word: a token may begin with a dash.
      `--control-token=${controlToken}`,
      ...callbackUrls(addressesOf(settings).api, SIGN_IN_CONNECTORS).flatMap((url) => ['--callback-url', url]),
      '--exit-with-parent',
    ],
    env: {},
    readyUrl: `${addressesOf(settings).sandbox}/health`,
    output: options.output,
  });
}
