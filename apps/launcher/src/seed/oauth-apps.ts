import { writePrivateFile } from '../data-folder/private-file';

/** One registration of the hub at a simulated vendor: what an operator would enter for the real one. */
export interface SandboxOAuthApp {
  readonly connector: string;
  /** The same stand-in may play several of a vendor's environments. */
  readonly environments: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** By the connector's names for them: all that tells the stand-in from the vendor. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The file that `HUB_OAUTH_APPS_FILE` names, as an operator would write it. */
function oauthAppsText(apps: readonly SandboxOAuthApp[]): string {
  const content: Record<string, Record<string, unknown>> = {};
  for (const { connector, environments, clientId, clientSecret, endpoints, secrets } of apps) {
    const entry = { client_id: clientId, client_secret: clientSecret, endpoints, secrets: secrets ?? {} };
    for (const environment of environments) content[connector] = { ...content[connector], [environment]: entry };
  }
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Written anew at each start: the stand-ins may have moved to other ports. */
export async function writeOAuthApps(file: string, apps: readonly SandboxOAuthApp[]): Promise<void> {
  await writePrivateFile(file, oauthAppsText(apps));
}

/** Where vendors send people back to: registered at the stand-ins as an operator would at the vendors. */
export function callbackUrls(apiUrl: string, connectors: readonly string[]): string[] {
  return connectors.map((connector) => `${apiUrl}/oauth/callback/${connector}`);
}
