import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { type Agent } from 'undici';
import { type SafeHttpTls } from './safe-http.types';

/** Identities whose sockets are kept; of one more, the one that was not used for longest is closed. */
const MOST_AGENTS = 64;

/** What Node's TLS takes. Authorities are added to the public ones, which `ca` alone would replace. */
export interface TlsConnectOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly ca?: string[];
}

export function tlsConnectOptions({ cert, key, passphrase, ca }: SafeHttpTls): TlsConnectOptions {
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  };
}

/**
 * One agent for each TLS identity. A socket that was opened with one tenant's certificate speaks as that tenant for as
 * long as it lives, so no other identity may ever be given it; nor may its TLS session be resumed by another.
 */
export class TlsAgents {
  /** In order of last use. */
  private readonly agents = new Map<string, Agent>();

  constructor(private readonly open: (tls: TlsConnectOptions) => Agent) {}

  of(tls: SafeHttpTls): Agent {
    const name = nameOf(tls);
    const agent = this.agents.get(name) ?? this.open(tlsConnectOptions(tls));
    this.agents.delete(name);
    this.agents.set(name, agent);
    const oldest = this.agents.size > MOST_AGENTS ? this.agents.entries().next().value : undefined;
    if (oldest !== undefined) {
      this.agents.delete(oldest[0]);
      // Calls under way are finished, each has its deadline.
      void oldest[1].close();
    }
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.close()));
    this.agents.clear();
  }
}

/** A hash, so that no private key is kept as the key of a map. */
function nameOf({ cert, key, passphrase, ca }: SafeHttpTls): string {
  const parts = [cert, key, passphrase, ca].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
