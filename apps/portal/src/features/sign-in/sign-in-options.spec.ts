/** @jest-environment jsdom */
import { domainOf } from './sign-in-options';

describe('the domain of what is typed as an e-mail', () => {
  it.each([
    ['ada@acme.example', 'acme.example'],
    [' Ada@Sub.ACME.example ', 'sub.acme.example'],
  ])('of %p is %p', (typed, domain) => expect(domainOf(typed)).toBe(domain));

  it.each(['', 'ada', 'ada@', 'ada@acme', 'ada@acme.', 'a b@acme.example', 'ada@acme.e'])(
    'of %p is not there yet',
    (typed) => expect(domainOf(typed)).toBeNull(),
  );
});
