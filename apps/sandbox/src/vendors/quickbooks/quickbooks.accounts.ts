import { derivedHex, derivedText } from '../../kernel/deterministic';

/** Registered for the seeded app besides what the caller adds: the vendor's own OAuth playground. */
export const QUICKBOOKS_PLAYGROUND_URL = 'https://developer.intuit.com/v2/OAuth2Playground/RedirectUrl';

/** The seeded app of the hub, as an operator finds it in the vendor's developer portal. */
export interface SandboxQuickBooksApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Key of the `intuit-signature` on this app's webhooks. */
  readonly webhookVerifierToken: string;
}

/** One simulated company with a refresh token that its administrator would have granted to the seeded app. */
export interface SandboxQuickBooksAccount extends SandboxQuickBooksApp {
  readonly slug: string;
  readonly realmId: string;
  readonly companyName: string;
  readonly adminEmail: string;
  readonly refreshToken: string;
  /** Where the company is reached (without `/v3/company/…`); filled in by whoever knows the port. */
  readonly baseUrl: string;
}

const COMPANIES = [
  { slug: 'acme', name: 'Acme Tools (simulated)' },
  { slug: 'globex', name: 'Globex Supplies (simulated)' },
] as const;

/** One app for both companies: the vendor's credentials belong to the hub, not to its customers. */
export function sandboxQuickBooksApp(seed: number): SandboxQuickBooksApp {
  return {
    clientId: `AB${derivedText(seed, 'qbo:client-id', 48)}`,
    clientSecret: derivedText(seed, 'qbo:client-secret', 40),
    webhookVerifierToken: `${derivedHex(seed, 'qbo:verifier', 36).toLowerCase()}`,
  };
}

/**
 * The two companies of a sandbox with that seed. The same seed always gives the same ids and credentials, so that a
 * launcher can seed connections before or after the sandbox starts.
 * @param baseUrl the sandbox's QuickBooks address, when already known
 */
export function sandboxQuickBooksAccounts(seed: number, baseUrl = ''): SandboxQuickBooksAccount[] {
  const app = sandboxQuickBooksApp(seed);
  return COMPANIES.map(({ slug, name }) => ({
    ...app,
    slug,
    realmId: `934145${digits(seed, `qbo:${slug}:realm`, 10)}`,
    companyName: name,
    adminEmail: `books@${slug}.example.com`,
    refreshToken: `AB11${derivedText(seed, `qbo:${slug}:refresh-token`, 46)}`,
    baseUrl,
  }));
}

function digits(seed: number, purpose: string, length: number): string {
  const hex = derivedHex(seed, purpose, length);
  return [...hex].map((digit) => String(parseInt(digit, 16) % 10)).join('');
}
