import { type JsonObject } from '@hub/platform';
import { CODE_PAGES } from './erp.code-page';
import { NUMBER_FORMATS } from './erp.values';

export const AUTH_MODES = ['ws_security_digest', 'ws_security_text', 'basic', 'certificate'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** What holds where a connection says nothing. */
export const DEFAULTS = {
  auth: 'ws_security_digest',
  time_zone: 'UTC',
  code_page: 'utf-8',
  name_length: 35,
  number_format: 'plain',
  page_size: 100,
  overlap_seconds: 600,
  pull_max_calls: 60,
  pull_rest_seconds: 60,
  pull_gap_ms: 100,
  invoice_numbers: 'unique',
  fiscal_year_start: 1,
  timeout_ms: 60_000,
  concurrency: 1,
} as const;

const TIME_OF_DAY = '^([01][0-9]|2[0-3]):[0-5][0-9]$';

const ADDRESS: JsonObject = {
  endpoint: {
    type: 'string',
    title: 'Address',
    description: 'Of the SOAP service. The one that the WSDL names is an inner host as a rule, and is never called.',
    pattern: '^https?://[^\\s?#{}@\\\\]+$',
    maxLength: 500,
  },
  company: {
    type: 'string',
    title: 'Company code',
    description: 'Added to the address as its last part, where one system serves several companies.',
    pattern: '^[A-Za-z0-9_-]{1,20}$',
  },
  auth: {
    type: 'string',
    title: 'Sign-in',
    description:
      'A digest cannot be checked by a system that keeps hashes of passwords: take the text then, over https.',
    enum: [...AUTH_MODES],
    default: DEFAULTS.auth,
  },
  ws_timestamp: {
    type: 'boolean',
    title: 'Send a time stamp with the user name',
    description: 'Both clocks must then agree within five minutes.',
    default: true,
  },
  ca_certificates: {
    type: 'string',
    title: 'Own certificate authority',
    description: 'PEM. Trusted for this connection besides the public ones.',
    pattern: '^-----BEGIN CERTIFICATE-----[\\s\\S]+-----END CERTIFICATE-----\\s*$',
    maxLength: 30_000,
  },
  check_contract: {
    type: 'boolean',
    title: 'Compare the contract at the connection test',
    description: 'Reads the WSDL that the system serves and tells where it differs from the one that is used.',
    default: false,
  },
  timeout_ms: {
    type: 'integer',
    title: 'Time limit in ms',
    minimum: 1000,
    maximum: 120_000,
    default: DEFAULTS.timeout_ms,
  },
  concurrency: {
    type: 'integer',
    title: 'Calls at once',
    description: 'Deliveries. Polling takes one more session.',
    minimum: 1,
    maximum: 5,
    default: DEFAULTS.concurrency,
  },
};

const HABITS: JsonObject = {
  time_zone: {
    type: 'string',
    title: 'Time zone',
    description: 'IANA name, such as Europe/Berlin: of stamps without a zone, and of the nightly window.',
    maxLength: 60,
    default: DEFAULTS.time_zone,
  },
  nightly_window: {
    type: 'object',
    title: 'Nightly window',
    description: 'No call is made inside it. It may go over midnight.',
    additionalProperties: false,
    required: ['from', 'to'],
    properties: { from: { type: 'string', pattern: TIME_OF_DAY }, to: { type: 'string', pattern: TIME_OF_DAY } },
  },
  code_page: {
    type: 'string',
    title: 'Code page of the database',
    description: 'A character that it does not have is refused, field by field: the system would put a question mark.',
    enum: [...CODE_PAGES],
    default: DEFAULTS.code_page,
  },
  name_length: {
    type: 'integer',
    title: 'Length of a name',
    description: 'Characters in the name columns. Some systems cut longer ones without a word.',
    minimum: 1,
    maximum: 255,
    default: DEFAULTS.name_length,
  },
  long_names: {
    type: 'string',
    title: 'Names that are too long',
    enum: ['refuse', 'cut'],
    default: 'refuse',
  },
  number_format: {
    type: 'string',
    title: 'Printed numbers',
    description: 'plain 1234.50, english 1,234.50, german 1.234,50, spaced 1 234,50. Nothing is guessed.',
    enum: [...NUMBER_FORMATS],
    default: DEFAULTS.number_format,
  },
  invoice_numbers: {
    type: 'string',
    title: 'Invoice numbers',
    description: 'per_year: they start again each fiscal year, so the year becomes part of the id.',
    enum: ['unique', 'per_year'],
    default: DEFAULTS.invoice_numbers,
  },
  fiscal_year_start: {
    type: 'integer',
    title: 'First month of the fiscal year',
    minimum: 1,
    maximum: 12,
    default: DEFAULTS.fiscal_year_start,
  },
};

const POLLING: JsonObject = {
  page_size: {
    type: 'integer',
    title: 'Rows in one answer',
    description: 'At most what the system gives. A full page is never taken for the last one.',
    minimum: 1,
    maximum: 5_000,
    default: DEFAULTS.page_size,
  },
  overlap_seconds: {
    type: 'integer',
    title: 'Look back',
    description:
      'Each poll begins so long before the last one ended: as long as the longest transaction, because rows appear when they are committed and bear the time when they were written.',
    minimum: 0,
    maximum: 86_400,
    default: DEFAULTS.overlap_seconds,
  },
  pull_max_calls: {
    type: 'integer',
    title: 'Calls of one run',
    description: 'After so many pages a run rests.',
    minimum: 1,
    maximum: 10_000,
    default: DEFAULTS.pull_max_calls,
  },
  pull_rest_seconds: {
    type: 'integer',
    title: 'Rest',
    description: 'How long a run rests after its calls are used up.',
    minimum: 1,
    maximum: 3_600,
    default: DEFAULTS.pull_rest_seconds,
  },
  pull_gap_ms: {
    type: 'integer',
    title: 'Gap between two pages in ms',
    minimum: 0,
    maximum: 10_000,
    default: DEFAULTS.pull_gap_ms,
  },
};

const CODE = '^\\S(.{0,18}\\S)?$';

const FILLED_IN: JsonObject = {
  default_currency: {
    type: 'string',
    title: 'Currency',
    description: 'Of documents whose payload names none, and of credit limits.',
    pattern: '^[A-Z]{3}$',
  },
  default_item: {
    type: 'string',
    title: 'Item code',
    description: 'Of lines without one.',
    pattern: CODE,
  },
  default_tax_code: {
    type: 'string',
    title: 'Tax code',
    description: 'Of lines without one. The system adds its rate to the lines and compares that with the total.',
    pattern: CODE,
  },
  tax_codes: {
    type: 'object',
    title: 'Tax codes',
    description: 'The code of the system for a code of a payload, such as {"TAX": "S19"}.',
    maxProperties: 200,
    additionalProperties: { type: 'string', pattern: CODE },
  },
};

export const ERP_CONFIG_SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['endpoint'],
  properties: { ...ADDRESS, ...HABITS, ...POLLING, ...FILLED_IN },
};
