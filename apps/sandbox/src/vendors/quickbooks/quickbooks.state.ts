import { type VirtualClock } from '../../kernel/virtual-clock';
import { seedCompany } from './data/seed-company';
import { AuthorizePages } from './oauth/authorize.handler';
import { OAuthStore, type IntuitApp } from './oauth/oauth-store';
import { IdTokens } from './oauth/openid.handler';
import { type OAuthParts } from './oauth/token.handler';
import {
  QUICKBOOKS_PLAYGROUND_URL,
  sandboxQuickBooksAccounts,
  sandboxQuickBooksApp,
  type SandboxQuickBooksAccount,
} from './quickbooks.accounts';
import { Company, DEFAULT_COMPANY_SETTINGS, type CompanySettings } from './quickbooks.company';
import { WebhookSender, type WebhookSettings } from './webhooks/webhook-sender';
import { toEvent } from './webhooks/webhook-format';

/** An app to register at the start; with the client id of the seeded one it changes that one. */
export interface QuickBooksAppRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name?: string;
  /** Exact addresses, as the vendor compares them. */
  readonly callbackUrls: readonly string[];
}

export interface QuickBooksStateOptions {
  readonly seed: number;
  readonly apps?: readonly QuickBooksAppRegistration[];
  /** Added to the seeded app. */
  readonly callbackUrls?: readonly string[];
  /** Multiplies the vendor's limits on calls (500 and 40 batches a minute, 10 a second, 10 at a time). Default 1. */
  readonly limitFactor?: number;
  /** Where the seeded app's webhooks go; can be set later over the control plane. */
  readonly webhookUrl?: string;
  /** Companies start without customers, vendors, products and transactions. */
  readonly empty?: boolean;
}

/** The companies differ where the vendor's customers differ. */
const COMPANY_DIFFERENCES: Readonly<Record<string, Partial<CompanySettings>>> = {
  acme: { customFieldNames: ['PO Number'] },
  globex: { multiCurrency: true, customTxnNumbers: true },
};

const DEFAULT_WEBHOOKS: Omit<WebhookSettings, 'url' | 'verifierToken'> = {
  format: 'cloudevents',
  entities: null,
  hold: false,
  gatherMs: 10,
  maxEventsPerPost: 50,
  ackTimeoutMs: 3_000,
  retryScale: 1,
  duplicate: false,
  disorder: false,
};

interface Built {
  readonly companies: readonly Company[];
  readonly oauth: OAuthStore;
  readonly oauthParts: OAuthParts;
  readonly pages: AuthorizePages;
  readonly webhooks: WebhookSender;
}

/** Everything the simulated vendor knows. A reset builds it anew from the seed. */
export class QuickBooksState {
  /** Known once the server listens. */
  url = '';
  private readonly idTokens = new IdTokens();
  private built: Built;

  constructor(
    readonly clock: VirtualClock,
    private readonly options: QuickBooksStateOptions,
  ) {
    this.built = this.build(options.empty ?? false);
  }

  get companies(): readonly Company[] {
    return this.built.companies;
  }

  get oauth(): OAuthStore {
    return this.built.oauth;
  }

  get oauthParts(): OAuthParts {
    return this.built.oauthParts;
  }

  get pages(): AuthorizePages {
    return this.built.pages;
  }

  get webhooks(): WebhookSender {
    return this.built.webhooks;
  }

  reset(empty = this.options.empty ?? false): void {
    this.built.webhooks.stop();
    this.built = this.build(empty);
  }

  stop(): void {
    this.built.webhooks.stop();
  }

  accounts(): SandboxQuickBooksAccount[] {
    return sandboxQuickBooksAccounts(this.options.seed, this.url);
  }

  registerApp(app: QuickBooksAppRegistration): void {
    this.oauth.apps.set(app.clientId, toApp(app));
  }

  private build(empty: boolean): Built {
    const { seed, apps = [], callbackUrls = [], limitFactor = 1, webhookUrl } = this.options;
    const oauth = new OAuthStore(this.clock);
    const own = sandboxQuickBooksApp(seed);
    const hub = toApp({ ...own, name: 'Integration Hub', callbackUrls: [QUICKBOOKS_PLAYGROUND_URL, ...callbackUrls] });
    oauth.apps.set(hub.clientId, hub);
    for (const app of apps) oauth.apps.set(app.clientId, toApp(app));
    const webhooks = new WebhookSender(this.clock, own.clientId, {
      ...DEFAULT_WEBHOOKS,
      url: webhookUrl ?? null,
      verifierToken: own.webhookVerifierToken,
    });
    const companies = sandboxQuickBooksAccounts(seed).map((account) => {
      const company = new Company(account, this.clock, {
        ...scaled(DEFAULT_COMPANY_SETTINGS, limitFactor),
        ...COMPANY_DIFFERENCES[account.slug],
      });
      seedCompany(company, empty);
      company.onChange((changes) => webhooks.enqueue(changes.map((change) => toEvent(company.realmId, change))));
      oauth.connect({ app: hub, company, scope: 'com.intuit.quickbooks.accounting' }, account.refreshToken);
      return company;
    });
    const oauthParts: OAuthParts = {
      store: oauth,
      companies,
      idTokens: this.idTokens,
      baseUrl: () => this.url,
      nowMs: () => this.clock.now(),
    };
    return { companies, oauth, oauthParts, pages: new AuthorizePages(oauthParts), webhooks };
  }
}

function scaled(settings: CompanySettings, factor: number): CompanySettings {
  const times = (limit: number): number => Math.max(1, Math.round(limit * factor));
  return {
    ...settings,
    requestsPerMinute: times(settings.requestsPerMinute),
    requestsPerSecond: times(settings.requestsPerSecond),
    concurrentRequests: times(settings.concurrentRequests),
    batchesPerMinute: times(settings.batchesPerMinute),
  };
}

function toApp({ clientId, clientSecret, name, callbackUrls }: QuickBooksAppRegistration): IntuitApp {
  return { clientId, clientSecret, name: name ?? 'App', callbackUrls };
}
