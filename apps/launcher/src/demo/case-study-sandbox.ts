import { z } from 'zod';
import { type DevFileContent } from '../data-folder/dev-file';
import { LauncherError } from '../launcher-error';
import { type Vendor } from '../settings/launcher-settings';

export type VendorRow = Readonly<Record<string, unknown>>;

const RECORDS = z.object({ records: z.array(z.record(z.string(), z.unknown())) });
const IDS = z.object({ ids: z.array(z.string()) });
const ORG = 'integration@acme.example.com';

/** The people at the vendors, and eyes on what arrived there. */
export class CaseStudySandbox {
  private readonly urls: Readonly<Record<Vendor, string>>;

  constructor(private readonly dev: DevFileContent) {
    this.urls = {
      salesforce: dev.salesforce_url,
      quickbooks: dev.quickbooks_url,
      netsuite: dev.netsuite_url,
      erp: dev.erp_url,
    };
  }

  /** Follows the link, allows access, and comes back to the hub. The pages ask a person again afterwards. */
  async signIn(vendor: 'salesforce' | 'quickbooks', authorizeUrl: string): Promise<void> {
    await this.control(vendor, 'POST', '/settings', { auto_approve: true });
    const hint = vendor === 'quickbooks' ? 'acme' : ORG;
    const { vendorUrl, cookie } = await this.setOut(vendor, authorizeUrl);
    const allowed = await fetch(`${vendorUrl}&login_hint=${encodeURIComponent(hint)}`, { redirect: 'manual' });
    await this.control(vendor, 'POST', '/settings', { auto_approve: false });
    const back = await fetch(allowed.headers.get('location') ?? '', { redirect: 'manual', headers: { cookie } });
    if (back.status === 200) return;
    throw failed(vendor, back.status);
  }

  /** Presses the button of the hub's page, as the browser that comes back later. */
  private async setOut(vendor: string, link: string): Promise<{ readonly vendorUrl: string; readonly cookie: string }> {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const asked = await fetch(link, { method: 'POST', redirect: 'manual', headers });
    const vendorUrl = asked.headers.get('location');
    if (vendorUrl === null) throw failed(vendor, asked.status);
    return { vendorUrl, cookie: asked.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  }

  /** What an administrator sets up at the vendors so that changes are told at once. */
  async callHooks(salesforceHook: string, quickbooksHook: string): Promise<void> {
    await this.control('salesforce', 'POST', '/outbound-messages', {
      org: ORG,
      object: 'Opportunity',
      url: salesforceHook,
      fields: ['Name', 'StageName'],
      retry_ms: 500,
    });
    await this.control('quickbooks', 'POST', '/webhook', { url: quickbooksHook });
  }

  /** @returns the id of an opportunity that is still open */
  async openSale(customer: string): Promise<string> {
    const seed = async (record: VendorRow): Promise<string> => {
      const { ids } = IDS.parse(await this.control('salesforce', 'POST', '/seed', { org: ORG, records: [record] }));
      return ids[0] ?? '';
    };
    const account = await seed({
      attributes: { type: 'Account' },
      Name: customer,
      Phone: '+1 415 555 0100',
      BillingStreet: '1 Main St',
      BillingCity: 'Oakland',
      BillingState: 'CA',
      BillingPostalCode: '94601',
      BillingCountry: 'USA',
    });
    return seed({
      attributes: { type: 'Opportunity' },
      Name: `Generators for ${customer}`,
      AccountId: account,
      StageName: 'Prospecting',
      CloseDate: new Date().toISOString().slice(0, 10),
      Amount: 1234.56,
    });
  }

  async winSale(opportunity: string): Promise<void> {
    await this.control('salesforce', 'POST', '/touch', {
      org: ORG,
      object: 'Opportunity',
      id: opportunity,
      fields: { StageName: 'Closed Won' },
    });
  }

  async pay(customer: VendorRow, invoice: VendorRow): Promise<void> {
    await this.control('quickbooks', 'POST', '/seed', {
      realm: 'acme',
      entity: 'Payment',
      records: [
        {
          CustomerRef: { value: customer['Id'] },
          TotalAmt: invoice['TotalAmt'],
          Line: [{ Amount: invoice['TotalAmt'], LinkedTxn: [{ TxnId: invoice['Id'], TxnType: 'Invoice' }] }],
        },
      ],
    });
  }

  async changeErpCustomer(customer: VendorRow, fields: VendorRow): Promise<void> {
    await this.control('erp', 'POST', '/touch', { company: 'acme', entity: 'Customer', key: customer['key'], fields });
  }

  /** The first record with the text anywhere in it. */
  async find(vendor: Vendor, kind: string, text: string): Promise<VendorRow | null> {
    const places: Readonly<Record<Vendor, Record<string, string>>> = {
      salesforce: { org: ORG, object: kind },
      quickbooks: { realm: 'acme', entity: kind },
      netsuite: { account: ORG, type: kind },
      erp: { company: 'acme', entity: kind },
    };
    const query = new URLSearchParams({ ...places[vendor], q: text, limit: '10' });
    const answer = RECORDS.parse(await this.control(vendor, 'GET', `/records?${query.toString()}`));
    return answer.records[0] ?? null;
  }

  private async control(vendor: Vendor, method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.urls[vendor]}/__admin${path}`, {
      method,
      headers: { authorization: `Bearer ${this.dev.sandbox_control_token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? null : JSON.parse(text);
    throw new LauncherError(
      `the sandbox's ${vendor} answered ${response.status} at ${path}: ${text}`,
      'Start the hub again with npm start.',
    );
  }
}

function failed(vendor: string, status: number): LauncherError {
  return new LauncherError(`signing in to ${vendor} ended with status ${status}`, 'The log of the API says more.');
}
