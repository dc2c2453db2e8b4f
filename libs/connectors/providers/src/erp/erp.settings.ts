import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { validateConnection, type ConfigProblem, type ConnectorError } from '@hub/connector-sdk';
import { err, isInnerHost, ok, type JsonObject, type Result, type SafeHttpTls } from '@hub/platform';
import { type CodePage } from './erp.code-page';
import { DEFAULTS, type AuthMode } from './erp.config-schema';
import { ERP_MANIFEST } from './erp.manifest';
import { isZone, type TimeWindow } from './erp.time';
import { type NumberFormat } from './erp.values';

/** As the configuration's schema has it. */
interface ErpConfig {
  readonly endpoint: string;
  readonly company?: string;
  readonly auth?: AuthMode;
  readonly ws_timestamp?: boolean;
  readonly ca_certificates?: string;
  readonly check_contract?: boolean;
  readonly timeout_ms?: number;
  readonly time_zone?: string;
  readonly nightly_window?: TimeWindow;
  readonly code_page?: CodePage;
  readonly name_length?: number;
  readonly long_names?: 'refuse' | 'cut';
  readonly number_format?: NumberFormat;
  readonly invoice_numbers?: 'unique' | 'per_year';
  readonly fiscal_year_start?: number;
  readonly page_size?: number;
  readonly overlap_seconds?: number;
  readonly pull_max_calls?: number;
  readonly pull_rest_seconds?: number;
  readonly pull_gap_ms?: number;
  readonly default_currency?: string;
  readonly default_item?: string;
  readonly default_tax_code?: string;
  readonly tax_codes?: Readonly<Record<string, string>>;
}

export interface ErpCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly certificate?: string;
  readonly private_key?: string;
  readonly passphrase?: string;
}

/** A connection's settings, checked and completed. */
export interface ErpSettings {
  readonly endpoint: string;
  readonly auth: AuthMode;
  readonly sendsTimestamp: boolean;
  readonly checksContract: boolean;
  readonly timeoutMs: number;
  readonly zone: string;
  readonly nightlyWindow: TimeWindow | null;
  readonly codePage: CodePage;
  readonly nameLength: number;
  readonly cutsNames: boolean;
  readonly numberFormat: NumberFormat;
  /** First month of the fiscal year where numbers of invoices start again with it. */
  readonly yearlyNumbersFrom: number | null;
  readonly pageSize: number;
  readonly overlapMs: number;
  readonly maxCalls: number;
  readonly restMs: number;
  readonly gapMs: number;
  readonly defaults: {
    readonly currency: string | null;
    readonly item: string | null;
    readonly taxCode: string | null;
    readonly taxCodes: Readonly<Record<string, string>>;
  };
  readonly credentials: ErpCredentials;
  readonly tls: SafeHttpTls | undefined;
  /** In every spelling in which they travel. */
  readonly secrets: readonly string[];
}

type Compilation = Result<ErpSettings, ConnectorError>;

/** By identity: changed settings are new objects. */
const cache = new WeakMap<JsonObject, WeakMap<JsonObject, Compilation>>();

export function erpSettings(config: JsonObject, credentials: JsonObject): Compilation {
  let byCredentials = cache.get(config);
  if (byCredentials === undefined) cache.set(config, (byCredentials = new WeakMap()));
  let settings = byCredentials.get(credentials);
  if (settings === undefined) byCredentials.set(credentials, (settings = compile(config, credentials)));
  return settings;
}

function compile(rawConfig: JsonObject, rawCredentials: JsonObject): Compilation {
  const connector = { manifest: ERP_MANIFEST, checkConnection: checkErpConnection };
  const problem = validateConnection(connector, { config: rawConfig, credentials: rawCredentials })[0];
  if (problem !== undefined) {
    return err({ category: 'config', code: 'invalid_config', message: `${problem.pointer}: ${problem.message}` });
  }
  const config = rawConfig as unknown as ErpConfig;
  const credentials = rawCredentials as unknown as ErpCredentials;
  return ok({
    endpoint: endpointOf(config),
    auth: config.auth ?? DEFAULTS.auth,
    sendsTimestamp: config.ws_timestamp ?? true,
    checksContract: config.check_contract ?? false,
    timeoutMs: config.timeout_ms ?? DEFAULTS.timeout_ms,
    zone: config.time_zone ?? DEFAULTS.time_zone,
    nightlyWindow: config.nightly_window ?? null,
    codePage: config.code_page ?? DEFAULTS.code_page,
    nameLength: config.name_length ?? DEFAULTS.name_length,
    cutsNames: config.long_names === 'cut',
    numberFormat: config.number_format ?? DEFAULTS.number_format,
    yearlyNumbersFrom:
      config.invoice_numbers === 'per_year' ? (config.fiscal_year_start ?? DEFAULTS.fiscal_year_start) : null,
    pageSize: config.page_size ?? DEFAULTS.page_size,
    overlapMs: (config.overlap_seconds ?? DEFAULTS.overlap_seconds) * 1000,
    maxCalls: config.pull_max_calls ?? DEFAULTS.pull_max_calls,
    restMs: (config.pull_rest_seconds ?? DEFAULTS.pull_rest_seconds) * 1000,
    gapMs: config.pull_gap_ms ?? DEFAULTS.pull_gap_ms,
    defaults: {
      currency: config.default_currency ?? null,
      item: config.default_item ?? null,
      taxCode: config.default_tax_code ?? null,
      taxCodes: config.tax_codes ?? {},
    },
    credentials,
    tls: tlsOf(config, credentials),
    secrets: secretsOfErp(credentials),
  });
}

/** What the schemas cannot say. Both values have passed them. */
export function checkErpConnection(rawConfig: JsonObject, rawCredentials: JsonObject): readonly ConfigProblem[] {
  const config = rawConfig as unknown as ErpConfig;
  const credentials = rawCredentials as unknown as ErpCredentials;
  return [
    ...addressProblems(config, credentials),
    ...credentialProblems(config, credentials),
    ...habitProblems(config),
    ...pemProblems(config, credentials),
  ];
}

function* addressProblems(config: ErpConfig, { certificate }: ErpCredentials): Generator<ConfigProblem> {
  if (!URL.canParse(config.endpoint)) {
    yield { pointer: '/config/endpoint', code: 'url', message: 'The URL cannot be parsed' };
    return;
  }
  const { protocol, hostname } = new URL(config.endpoint);
  if (protocol === 'https:') return;
  if (certificate !== undefined) {
    yield { pointer: '/config/endpoint', code: 'url', message: 'A client certificate is only shown over https' };
    // Passwords and the books of a company travel in the clear. Whether an inner host may be reached is the wall's business.
  } else if (!isInnerHost(hostname)) {
    yield { pointer: '/config/endpoint', code: 'url', message: 'Only https, except for hosts of the own network' };
  }
}

function* credentialProblems(config: ErpConfig, credentials: ErpCredentials): Generator<ConfigProblem> {
  const member = config.auth === 'certificate' ? 'certificate' : 'username';
  if (credentials[member] === undefined) {
    const message = `This member is required for the sign-in "${config.auth ?? DEFAULTS.auth}"`;
    yield { pointer: `/credentials/${member}`, code: 'required', message };
  }
  if (config.auth === 'basic' && credentials.username?.includes(':') === true) {
    yield { pointer: '/credentials/username', code: 'colon', message: 'A user name with a colon cannot be sent' };
  }
}

function* habitProblems({ time_zone, nightly_window }: ErpConfig): Generator<ConfigProblem> {
  if (time_zone !== undefined && !isZone(time_zone)) {
    yield { pointer: '/config/time_zone', code: 'time_zone', message: 'Is no time zone such as Europe/Berlin' };
  }
  if (nightly_window !== undefined && nightly_window.from === nightly_window.to) {
    yield { pointer: '/config/nightly_window/to', code: 'empty', message: 'Is the same as the beginning' };
  }
}

/** Now, rather than as a failed handshake at night. The system's own words may repeat what is in a key, so they stay here. */
function* pemProblems(config: ErpConfig, credentials: ErpCredentials): Generator<ConfigProblem> {
  const { certificate: cert, private_key: key, passphrase } = credentials;
  const { ca_certificates: ca } = config;
  if (ca !== undefined && !areCertificates(ca)) {
    yield { pointer: '/config/ca_certificates', code: 'pem', message: 'Is no certificate in PEM' };
  }
  if (cert === undefined || key === undefined) return;
  if (!areCertificates(cert)) yield { pointer: '/credentials/certificate', code: 'pem', message: 'Is no certificate' };
  else if (!isUsable({ key, ...(passphrase === undefined ? {} : { passphrase }) })) {
    yield {
      pointer: '/credentials/private_key',
      code: 'pem',
      message: 'Is no private key, or the passphrase is wrong',
    };
  } else if (!isUsable({ cert, key, ...(passphrase === undefined ? {} : { passphrase }) })) {
    yield { pointer: '/credentials/private_key', code: 'pem', message: 'Is not the key of the certificate' };
  }
}

/** TLS itself passes over an authority that it cannot read. */
function areCertificates(pem: string): boolean {
  try {
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.length > 0 && blocks.every((block) => new X509Certificate(block).subject !== undefined);
  } catch {
    return false;
  }
}

function isUsable(parts: SafeHttpTls): boolean {
  try {
    createSecureContext(parts);
    return true;
  } catch {
    return false;
  }
}

function endpointOf({ endpoint, company }: ErpConfig): string {
  return company === undefined ? endpoint : `${endpoint.replace(/\/+$/, '')}/${company}`;
}

function tlsOf({ ca_certificates }: ErpConfig, credentials: ErpCredentials): SafeHttpTls | undefined {
  const { certificate, private_key, passphrase } = credentials;
  if (certificate === undefined && ca_certificates === undefined) return undefined;
  return {
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(private_key === undefined ? {} : { key: private_key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ca_certificates === undefined ? {} : { ca: ca_certificates }),
  };
}

/** Systems that quote a message quote the password as XML has it, or the Basic header. */
function secretsOfErp({ username, password, private_key, passphrase }: ErpCredentials): readonly string[] {
  const escaped = password?.replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? character);
  const basic = password === undefined ? undefined : Buffer.from(`${username ?? ''}:${password}`).toString('base64');
  return [password, escaped, basic, private_key, passphrase].filter((secret) => secret !== undefined);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
