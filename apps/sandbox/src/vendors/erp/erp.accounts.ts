import { derivedText } from '../../kernel/deterministic';
import { certificateAuthority, clientCertificate } from './tls/certificates';

/** One simulated company with everything that a connection to its system is made of. */
export interface SandboxErpAccount {
  /** The system's own code of the company; part of its address. */
  readonly companyCode: string;
  /** First part of its names; the control plane takes it for the code. */
  readonly slug: string;
  readonly companyName: string;
  readonly username: string;
  readonly password: string;
  /** Local time of every stamp that carries no zone. */
  readonly timeZone: string;
  readonly currency: string;
  readonly endpoint: string;
  /** Absent when the sandbox has no HTTPS port. */
  readonly tlsEndpoint?: string;
  /** PEM. Signed by {@link caCertificate}; its common name is the user. */
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** PEM. Also signs the server's certificate: it is no public authority. */
  readonly caCertificate: string;
}

const COMPANIES = [
  {
    companyCode: '100',
    slug: 'acme',
    companyName: 'Acme Tools (simulated)',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
  },
  {
    companyCode: '200',
    slug: 'globex',
    companyName: 'Globex Supplies (simulated)',
    timeZone: 'America/Chicago',
    currency: 'USD',
  },
] as const;

export interface ErpAccountUrls {
  readonly url?: string;
  readonly tlsUrl?: string;
}

/**
 * The two companies of a sandbox with that seed. The same seed always gives the same names, passwords and keys, so
 * that a launcher can seed connections before or after the sandbox starts.
 */
export function sandboxErpAccounts(seed: number, { url = '', tlsUrl }: ErpAccountUrls = {}): SandboxErpAccount[] {
  const authority = certificateAuthority(seed);
  return COMPANIES.map((company) => {
    const username = `hub.${company.slug}`;
    const { certificate, key } = clientCertificate(authority, seed, username);
    return {
      ...company,
      username,
      password: derivedText(seed, `erp:${company.slug}:password`, 24),
      endpoint: `${url}/erp/${company.companyCode}`,
      ...(tlsUrl === undefined ? {} : { tlsEndpoint: `${tlsUrl}/erp/${company.companyCode}` }),
      clientCertificate: certificate,
      clientKey: key,
      caCertificate: authority.certificate,
    };
  });
}
