import { type EnumOption, type FieldDef, type FieldType } from './schema.types';

type Extra = Partial<Omit<FieldDef, 'name' | 'title' | 'type'>>;

/** `creditLimit` → `Credit Limit`: the label that the vendor's messages show. */
function titleOf(name: string): string {
  const words = name
    .replace(/^cust(?:entity|body|col|item)_/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/\bId\b/, 'ID');
  return words.replace(/\b\w/g, (letter) => letter.toUpperCase());
}

function field(name: string, type: FieldType, extra: Extra = {}, title = titleOf(name)): FieldDef {
  return { name, title, type, ...extra };
}

export const text = (name: string, maxLength: number, extra: Extra = {}, title?: string): FieldDef =>
  field(name, 'string', { maxLength, ...extra }, title);
export const email = (name: string, extra: Extra = {}): FieldDef => field(name, 'email', { maxLength: 254, ...extra });
export const phone = (name: string, extra: Extra = {}): FieldDef => field(name, 'phone', { maxLength: 22, ...extra });
export const url = (name: string, title?: string): FieldDef => field(name, 'url', { maxLength: 100 }, title);
export const integer = (name: string, extra: Extra = {}): FieldDef => field(name, 'integer', extra);
export const decimal = (name: string, extra: Extra = {}): FieldDef => field(name, 'number', extra);
export const currency = (name: string, extra: Extra = {}, title?: string): FieldDef =>
  field(name, 'currency', extra, title);
export const flag = (name: string, defaultValue = false, title?: string): FieldDef =>
  field(name, 'boolean', { defaultValue }, title);
export const date = (name: string, extra: Extra = {}): FieldDef => field(name, 'date', extra);
export const stamp = (name: string): FieldDef => field(name, 'dateTime', { readOnly: true });
export const reference = (name: string, targets: readonly string[], extra: Extra = {}, title?: string): FieldDef =>
  field(name, 'reference', { targets, ...extra }, title);
export const choice = (name: string, options: readonly EnumOption[], extra: Extra = {}): FieldDef =>
  field(name, 'enum', { options, ...extra });
export const multiselect = (name: string, targets: readonly string[], extra: Extra = {}): FieldDef =>
  field(name, 'multiselect', { targets, ...extra });
export const subrecord = (name: string, fields: readonly FieldDef[], extra: Extra = {}): FieldDef =>
  field(name, 'subrecord', { fields, ...extra });
export const sublist = (
  name: string,
  lineKey: readonly string[],
  fields: readonly FieldDef[],
  title?: string,
): FieldDef => field(name, 'sublist', { lineKey, fields }, title);

export const READ_ONLY: Extra = { readOnly: true };
export const REQUIRED: Extra = { required: true };

/** ISO 3166-1, as the vendor's country list has it. */
const COUNTRY_CODES =
  'AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW';
const countryNames = new Intl.DisplayNames('en', { type: 'region' });
const COUNTRIES: readonly EnumOption[] = COUNTRY_CODES.split(' ').map((id) => ({
  id,
  refName: countryNames.of(id) ?? id,
}));

export const ADDRESS_FIELDS: readonly FieldDef[] = [
  text('addressee', 83),
  text('attention', 83),
  phone('addrPhone'),
  text('addr1', 150, {}, 'Address 1'),
  text('addr2', 150, {}, 'Address 2'),
  text('addr3', 150, {}, 'Address 3'),
  text('city', 50),
  text('state', 30),
  text('zip', 36),
  choice('country', COUNTRIES, { defaultValue: 'US' }),
  text('addrText', 999, READ_ONLY),
];
