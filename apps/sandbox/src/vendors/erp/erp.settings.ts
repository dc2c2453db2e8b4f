import { z } from 'zod';

const milliseconds = z.number().int().min(0).max(600_000);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not HH:MM');
const prefix = z.string().regex(/^[A-Za-z][\w-]*$/, 'is not an XML name');
const zone = z.string().refine(isZone, 'is not an IANA time zone');

export const AUTH_MODES = ['wsse_digest', 'wsse_text', 'basic', 'certificate'] as const;
export type ErpAuthMode = (typeof AUTH_MODES)[number];

/**
 * How one company's system behaves; spelled as the control plane spells it. The defaults are a healthy system of
 * this kind: local time without a zone, two sessions, whole-second stamps. Everything worse is switched on.
 */
export const ERP_SETTINGS = z.strictObject({
  /** Sign-ins that are accepted. */
  auth_modes: z.array(z.enum(AUTH_MODES)).min(1),
  /** Only hashes are kept, so that a digest can never be checked. */
  passwords_hashed: z.boolean(),
  /** A `wsu:Timestamp` must come with the token. */
  require_timestamp: z.boolean(),
  /** Wrong passwords in a row until the user is locked for 15 minutes; 0 never locks. */
  lockout_after: z.number().int().min(0).max(1_000),
  /** Calls at once; one more is ERP-9429. */
  session_limit: z.number().int().min(1).max(1_000),
  /** Work before every answer. It is what makes parallel calls meet. */
  call_delay_ms: milliseconds,
  row_delay_ms: milliseconds,
  nightly_window: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable(),
  /** At the end of each nightly window every row counts as changed. */
  nightly_touch_all: z.boolean(),
  time_zone: zone,
  /** `local` prints and compares wall-clock time without a zone, as the column holds it. */
  time_format: z.enum(['local', 'offset', 'utc']),
  /** Of the database and of the answers. */
  code_page: z.enum(['utf-8', 'iso-8859-1', 'windows-1252']),
  /** Otherwise only the XML declaration tells the encoding. */
  charset_in_header: z.boolean(),
  /** What happens to a character that the code page does not have. */
  unmappable: z.enum(['replace', 'reject']),
  fault_status: z.union([z.literal(500), z.literal(200)]),
  ok_status: z.union([z.literal(200), z.literal(500)]),
  /** `result` reports business errors as an Action of a 200. */
  business_errors: z.enum(['fault', 'result']),
  soap_prefix: prefix,
  body_prefix: z.union([prefix, z.literal('')]),
  number_format: z.enum(['plain', 'german', 'spaced']),
  boolean_format: z.enum(['Y/N', 'J/N', '1/0', '-1/0']),
  /** How a date that is not set is printed. */
  empty_date: z.enum(['omit', '00000000', '0001-01-01', '9999-12-31']),
  /** Width of key columns that pad with blanks; 0 pads nothing. */
  padded_keys: z.number().int().min(0).max(40),
  uppercase_names: z.boolean(),
  /** Characters in a name line. */
  name_length: z.number().int().min(1).max(255),
  /** `truncate` cuts names and descriptions silently; keys are always refused. */
  overflow: z.enum(['reject', 'truncate']),
  /** Without cursors there is only `Since`. */
  cursors: z.boolean(),
  since_inclusive: z.boolean(),
  /** `statement` hands out row versions when a row is written, so that a late commit appears behind the cursor. */
  version_order: z.enum(['commit', 'statement']),
  /** `empty_page`: legal but odd; `extra_page`: true on every full page; `stuck`: never ends; `never`: always false. */
  has_more: z.enum(['normal', 'empty_page', 'extra_page', 'stuck', 'never']),
  page_size: z.number().int().min(1).max(10_000),
  page_size_max: z.number().int().min(1).max(10_000),
  /** `silent`: hard deletes leave no trace. */
  deletes: z.enum(['listed', 'silent']),
  /** The Action that answers a repeated MessageId. */
  replay_action: z.enum(['duplicate', 'original']),
  message_cache_ms: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400_000),
  request_limit_bytes: z.number().int().min(1_024),
  /** Answers longer than this are cut without a word. */
  response_limit_bytes: z.number().int().min(64).nullable(),
  /** Documents dated up to this day cannot be posted or changed; `null` leaves all periods open. */
  closed_until: z.iso.date().nullable(),
  /** `per_year` starts again at one in each fiscal year: numbers repeat. */
  invoice_numbering: z.enum(['continuous', 'per_year']),
});

export type ErpSettings = z.infer<typeof ERP_SETTINGS>;

export interface ErpSettingsBasis {
  readonly timeZone: string;
  readonly authModes: readonly ErpAuthMode[];
  /** The year before last is closed. */
  readonly nowMs: number;
}

export function defaultSettings({ timeZone, authModes, nowMs }: ErpSettingsBasis): ErpSettings {
  return {
    auth_modes: [...authModes],
    passwords_hashed: false,
    require_timestamp: false,
    lockout_after: 10,
    session_limit: 2,
    call_delay_ms: 15,
    row_delay_ms: 0,
    nightly_window: null,
    nightly_touch_all: false,
    time_zone: timeZone,
    time_format: 'local',
    code_page: 'utf-8',
    charset_in_header: true,
    unmappable: 'replace',
    fault_status: 500,
    ok_status: 200,
    business_errors: 'fault',
    soap_prefix: 'soap',
    body_prefix: 'erp',
    number_format: 'plain',
    boolean_format: 'Y/N',
    empty_date: 'omit',
    padded_keys: 0,
    uppercase_names: false,
    name_length: 35,
    overflow: 'reject',
    cursors: true,
    since_inclusive: true,
    version_order: 'commit',
    has_more: 'normal',
    page_size: 100,
    page_size_max: 500,
    deletes: 'listed',
    replay_action: 'duplicate',
    message_cache_ms: 86_400_000,
    request_limit_bytes: 1_048_576,
    response_limit_bytes: null,
    closed_until: `${new Date(nowMs).getUTCFullYear() - 2}-12-31`,
    invoice_numbering: 'continuous',
  };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
