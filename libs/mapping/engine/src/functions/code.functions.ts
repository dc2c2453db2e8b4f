import { parsePhoneNumberFromString, isSupportedCountry } from 'libphonenumber-js/min';
import { COUNTRY_LANGUAGES, countryCode, countryCode3, countryName } from './countries';
import { helperFailure, quoted, type MappingFunction } from './function.types';

const group = 'Codes and contacts';

function phone(text: unknown, country: unknown, fallback: unknown): unknown {
  if ((typeof text !== 'string' && typeof text !== 'number') || String(text).length > 60) return fallback;
  const region = country === undefined || country === null ? undefined : countryCode(country);
  if (region !== undefined && !isSupportedCountry(region))
    throw helperFailure(`There are no telephone numbers for the country ${quoted(country)}.`);
  if (region === undefined && typeof country === 'string') throw helperFailure(`${quoted(country)} is not a country.`);
  const parsed = parsePhoneNumberFromString(String(text), region);
  return parsed?.isValid() ? parsed.number : fallback;
}

/** One @, a dotted domain, no spaces, the lengths of RFC 5321: what mail systems accept, not all that RFC 5322 allows. */
export function normalEmail(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 320) return undefined;
  const text = value.trim().toLowerCase();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (at < 1 || local.length > 64 || domain.length > 253) return undefined;
  if (!/^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(local)) return undefined;
  const labels = domain.split('.');
  const proper =
    labels.length > 1 &&
    labels.every((label) => label.length <= 63 && /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label));
  return proper && !/^\d+$/.test(labels[labels.length - 1] ?? '') ? text : undefined;
}

function named(value: unknown, language: unknown): string | undefined {
  const chosen = language ?? 'en';
  if (typeof chosen !== 'string' || !COUNTRY_LANGUAGES.includes(chosen))
    throw helperFailure(`The language must be one of ${COUNTRY_LANGUAGES.join(', ')}, not ${quoted(language)}.`);
  return countryName(value, chosen);
}

export const CODE_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'countryCode',
    usage: '$countryCode(country, fallback?)',
    signature: '<x-x?:s>',
    group,
    arity: 1,
    description: `ISO 3166-1 alpha-2 code from an alpha-2, alpha-3 or numeric code (as text) or a name in ${COUNTRY_LANGUAGES.join(', ')}, whatever the case and accents. \`UK\` and \`EL\` are understood. \`fallback\`, or nothing, when unknown.`,
    examples: [
      { expression: '$countryCode("deu")', result: 'DE' },
      { expression: '$countryCode("Österreich")', result: 'AT' },
      { expression: '$countryCode("UK")', result: 'GB' },
      { expression: '$countryCode("Atlantis", "US")', result: 'US' },
    ],
    implementation: (value: unknown, fallback: unknown) => countryCode(value) ?? fallback,
  },
  {
    name: 'countryCode3',
    usage: '$countryCode3(country, fallback?)',
    signature: '<x-x?:s>',
    group,
    arity: 1,
    description: 'The alpha-3 code; same inputs as `$countryCode`.',
    examples: [{ expression: '$countryCode3("Switzerland")', result: 'CHE' }],
    implementation: (value: unknown, fallback: unknown) => countryCode3(value) ?? fallback,
  },
  {
    name: 'countryName',
    usage: '$countryName(country, language?)',
    signature: '<x-s?:s>',
    group,
    arity: 1,
    description: `The country's name, in English or in another of ${COUNTRY_LANGUAGES.join(', ')}; same inputs as \`$countryCode\`. Nothing when unknown.`,
    examples: [
      { expression: '$countryName("DE")', result: 'Germany' },
      { expression: '$countryName("DE", "fr")', result: 'Allemagne' },
    ],
    implementation: named,
  },
  {
    name: 'phone',
    usage: '$phone(text, country?, fallback?)',
    signature: '<x-x?x?:s>',
    group,
    arity: 1,
    description:
      'Telephone number in E.164 form. `country` (any input of `$countryCode`) is for numbers without an international prefix. `fallback`, or nothing, when the number is not valid there.',
    examples: [
      { expression: '$phone("(415) 555-2671", "US")', result: '+14155552671' },
      { expression: '$phone("0044 20 7946 0958", "DE")', result: '+442079460958' },
      { expression: '$phone("12", "US")' },
      { expression: '$phone("n/a", "US", null)', result: null },
    ],
    implementation: phone,
  },
  {
    name: 'email',
    usage: '$email(text, fallback?)',
    signature: '<x-x?:s>',
    group,
    arity: 1,
    description:
      'E-mail address trimmed and in small letters, fit as a key; `fallback`, or nothing, when it is not an address.',
    examples: [
      { expression: '$email("  Ada.Lovelace@Example.COM ")', result: 'ada.lovelace@example.com' },
      { expression: '$email("ada@localhost", null)', result: null },
    ],
    implementation: (value: unknown, fallback: unknown) => normalEmail(value) ?? fallback,
  },
  {
    name: 'isEmail',
    usage: '$isEmail(text)',
    signature: '<x-:b>',
    group,
    arity: 1,
    description: 'Whether the text is an e-mail address (form only; nobody is asked).',
    examples: [{ expression: '$isEmail("ada@@example.com")', result: false }],
    implementation: (value: unknown) => normalEmail(value) !== undefined,
  },
];
