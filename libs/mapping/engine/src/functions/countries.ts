import countries from 'i18n-iso-countries/index';
import da from 'i18n-iso-countries/langs/da.json';
import de from 'i18n-iso-countries/langs/de.json';
import en from 'i18n-iso-countries/langs/en.json';
import es from 'i18n-iso-countries/langs/es.json';
import fi from 'i18n-iso-countries/langs/fi.json';
import fr from 'i18n-iso-countries/langs/fr.json';
import it from 'i18n-iso-countries/langs/it.json';
import nb from 'i18n-iso-countries/langs/nb.json';
import nl from 'i18n-iso-countries/langs/nl.json';
import pl from 'i18n-iso-countries/langs/pl.json';
import pt from 'i18n-iso-countries/langs/pt.json';
import sv from 'i18n-iso-countries/langs/sv.json';
import { stripDiacritics } from './text';

interface LocaleFile {
  readonly locale: string;
  readonly countries: { readonly [alpha2: string]: string | string[] };
}

/** The order decides which country wins a name that two languages give to different countries. */
const LOCALES: readonly LocaleFile[] = [en, de, fr, es, it, nl, pt, pl, sv, da, nb, fi];
/** Not ISO 3166-1 codes, but common in data: the United Kingdom (reserved) and Greece as the European Union writes it. */
const CUSTOMARY: { readonly [code: string]: string } = { UK: 'GB', EL: 'GR' };

const alpha2 = new Map(Object.entries(countries.getAlpha2Codes()));
const alpha3 = new Map(Object.entries(countries.getAlpha3Codes()));
const numeric = new Map(Object.entries(countries.getNumericCodes()));
let byName: Map<string, string> | undefined;

/** Languages that `$countryName` speaks and `$countryCode` understands. */
export const COUNTRY_LANGUAGES: readonly string[] = LOCALES.map((file) => file.locale);

function normalise(name: string): string {
  return stripDiacritics(name)
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Built at the first use: the library's own search goes through every name of a language for every call. */
function nameIndex(): Map<string, string> {
  if (byName) return byName;
  byName = new Map();
  for (const { countries: names } of LOCALES) {
    for (const [code, spellings] of Object.entries(names)) {
      for (const spelling of [spellings].flat()) {
        const key = normalise(spelling);
        if (!byName.has(key)) byName.set(key, code);
      }
    }
  }
  return byName;
}

export function countryCode(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim();
  const code = text.toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && (alpha2.has(code) || Object.hasOwn(CUSTOMARY, code))) return CUSTOMARY[code] ?? code;
  return alpha3.get(code) ?? numeric.get(code) ?? nameIndex().get(normalise(text));
}

export function countryCode3(value: unknown): string | undefined {
  const code = countryCode(value);
  return code === undefined ? undefined : alpha2.get(code);
}

export function countryName(value: unknown, language: string): string | undefined {
  const code = countryCode(value);
  const names = LOCALES.find((file) => file.locale === language)?.countries;
  const name = code === undefined ? undefined : names?.[code];
  return Array.isArray(name) ? name[0] : name;
}
