import { freeName } from './free-name';

describe('a name that is free', () => {
  const others = [{ name: 'salesforce' }, { name: 'Salesforce 2' }, { name: 'ERP' }];

  it.each([
    ['Salesforce', 'Salesforce 3'],
    ['ERP', 'ERP 2'],
    ['NetSuite', 'NetSuite'],
  ])('for %s is %s', (wanted, free) => expect(freeName(wanted, others)).toBe(free));
});
