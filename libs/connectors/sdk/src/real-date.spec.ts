import { isRealDate } from './real-date';

describe('a real date', () => {
  it.each(['2028-02-29', '2000-02-29', '2027-03-28', '0001-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isRealDate(text)).toBe(true);
  });
  it.each([
    '2027-02-29',
    '1900-02-29',
    '2027-04-31',
    '2027-13-01',
    '2027-00-10',
    '2027-1-1',
    '2027-01-01T00:00:00Z',
    '',
  ])('%s is none', (text) => {
    expect(isRealDate(text)).toBe(false);
  });
});
