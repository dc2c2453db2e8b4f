import { normalEmail } from './code.functions';
import { countryCode, countryName, COUNTRY_LANGUAGES } from './countries';
import { moment, parseMoment, wholeUnits } from './dates';
import { currencyCode } from './money.functions';
import { slug, stripDiacritics, truncate } from './text';

describe('countries', () => {
  it.each([
    ['de', 'DE'],
    ['DEU', 'DE'],
    ['276', 'DE'],
    ['allemagne', 'DE'],
    ['  deutschland ', 'DE'],
    ['USA', 'US'],
    ['United States', 'US'],
    ['COTE D IVOIRE', 'CI'],
    ['EL', 'GR'],
  ])('%s is %s', (text, code) => expect(countryCode(text)).toBe(code));

  it.each(['XX', 'ZZZ', '', 'constructor', '__proto__', 'Atlantis', null, 276, 'x'.repeat(1000)])(
    '%p is no country',
    (text) => expect(countryCode(text)).toBeUndefined(),
  );

  it('finds each name that it gives, in each language', () => {
    for (const language of COUNTRY_LANGUAGES) {
      for (const code of ['DE', 'FR', 'GB', 'JP', 'CI', 'KR', 'US']) {
        const name = countryName(code, language);
        expect([language, code, countryCode(name)]).toEqual([language, code, code]);
      }
    }
  });
});

describe('currencies', () => {
  it('knows ISO 4217 and nothing else', () => {
    expect(currencyCode('chf')).toBe('CHF');
    for (const text of ['', 'EURO', 'ZZZ', '€', 978, null]) expect(currencyCode(text)).toBeUndefined();
  });
});

describe('e-mail', () => {
  it.each(['a@b.co', 'a.b+c@sub.example.org', 'jörg@müller.example'])('accepts %s', (text) =>
    expect(normalEmail(text)).toBe(text),
  );
  it.each([
    '',
    'a',
    '@b.co',
    'a@',
    'a@b',
    'a b@c.de',
    'a@b..de',
    '.a@b.de',
    'a.@b.de',
    'a@-b.de',
    'a@1.2.3.4',
    `${'a'.repeat(65)}@b.de`,
    null,
  ])('refuses %p', (text) => expect(normalEmail(text)).toBeUndefined());
});

describe('dates', () => {
  it('takes the first of two equal wall-clock times, wherever the zone lies', () => {
    expect(moment('2024-11-03T01:30', 'America/New_York').toISO()).toBe('2024-11-03T01:30:00.000-04:00');
    expect(moment('2024-10-27 02:30', 'Europe/Paris', 'yyyy-MM-dd HH:mm').toISO()).toBe(
      '2024-10-27T02:30:00.000+02:00',
    );
  });

  it('keeps the second one when the text says so by its offset', () => {
    expect(moment('2024-11-03T01:30:00-05:00', 'America/New_York').toUTC().toISO()).toBe('2024-11-03T06:30:00.000Z');
    expect(moment('2024-11-03 01:30 -05:00', 'America/New_York', 'yyyy-MM-dd HH:mm ZZ').toUTC().toISO()).toBe(
      '2024-11-03T06:30:00.000Z',
    );
  });

  it.each(['2023-02-29', '2024-13-01', 'now', '', null, NaN, {}, '2024-01-01T25:00'])('refuses %p', (value) =>
    expect(parseMoment(value, 'UTC')).toBeUndefined(),
  );

  it('counts whole units only, with the sign of the direction and no minus zero', () => {
    const from = moment('2024-01-31', 'UTC');
    expect(wholeUnits(from, moment('2024-02-28', 'UTC'), 'months')).toBe(0);
    expect(wholeUnits(from, moment('2023-12-30', 'UTC'), 'months')).toBe(-1);
    expect(Object.is(wholeUnits(from, moment('2024-01-30', 'UTC'), 'months'), 0)).toBe(true);
  });
});

describe('text', () => {
  it('never cuts a character in two', () => {
    expect(truncate('👋👋👋', 2)).toBe('👋👋');
    expect(truncate('abc', 3, '…')).toBe('abc');
    expect(truncate('abcd', 1, '...')).toBe('.');
  });

  it('makes plain letters of accented ones', () => {
    expect(stripDiacritics('Ærøskøbing ñ ő Đ')).toBe('AEroskobing n o D');
    expect(slug('--Ünïcode--  & 日本--')).toBe('unicode-日本');
  });
});
