import { type VirtualClock } from '../../kernel/virtual-clock';
import { seedCompany } from './data/seed-records';
import { sandboxErpAccounts, type SandboxErpAccount } from './erp.accounts';
import { ErpCompany } from './erp.company';
import { defaultSettings, type ErpAuthMode } from './erp.settings';
import { type Contract } from './schema/contract.types';
import { readContract } from './schema/contract-reader';
import { LEGACY_ERP_WSDL } from './schema/legacy-erp.wsdl';
import { InjectedFaults } from './soap/injected-faults';
import { NonceCache } from './soap/nonce-cache';
import { CertificateGate } from './tls/certificate-gate';

export interface ErpStateOptions {
  readonly seed: number;
  /** Sign-ins that both systems accept at the start and after a reset. Default: WS-Security, digest and text. */
  readonly authModes?: readonly ErpAuthMode[];
}

/** Everything the simulated systems know. A reset builds it anew from the seed. */
export class ErpState {
  readonly contract: Contract = readContract(LEGACY_ERP_WSDL);
  readonly gate = new CertificateGate();
  readonly injected = new InjectedFaults();
  companies: readonly ErpCompany[];
  nonces = new NonceCache();
  /** Known once the server listens. */
  url = '';
  tlsUrl: string | undefined;

  constructor(
    readonly clock: VirtualClock,
    private readonly options: ErpStateOptions,
  ) {
    this.companies = this.build();
  }

  reset(): void {
    this.companies = this.build();
    this.nonces = new NonceCache();
    this.injected.clear();
  }

  /** As a connection needs them: passwords are the ones that work now. */
  accounts(): SandboxErpAccount[] {
    const accounts = sandboxErpAccounts(this.options.seed, { url: this.url, tlsUrl: this.tlsUrl });
    return accounts.map((account) => {
      const password = this.companies.find(({ code }) => code === account.companyCode)?.user.password;
      return password === undefined ? account : { ...account, password };
    });
  }

  private build(): ErpCompany[] {
    const { seed, authModes = ['wsse_digest', 'wsse_text'] } = this.options;
    return sandboxErpAccounts(seed).map((account) => {
      const settings = defaultSettings({ timeZone: account.timeZone, authModes, nowMs: this.clock.now() });
      const company = new ErpCompany(account, this.clock, settings);
      seedCompany(company, this.contract, seed);
      return company;
    });
  }
}
