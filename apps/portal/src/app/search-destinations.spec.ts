import { destinationsOf } from './search-destinations';

const pages = [
  { to: '/events', label: 'Events' },
  { to: '/members', label: 'Members' },
];

describe('where a search leads', () => {
  it('is straight to what an id names', () => {
    const id = 'dlv_01m7yp9qmteh0ad3tymx2ea6dw';
    expect(destinationsOf(` ${id} `, pages)[0]).toEqual({ href: `/deliveries/${id}`, label: id });
  });

  it('is a search through events for anything else', () => {
    expect(destinationsOf('invoice/INV 1', pages)[0]?.href).toBe('/events?q=invoice%2FINV%201');
    expect(destinationsOf('dlv_short', pages)[0]?.href).toBe('/events?q=dlv_short');
  });

  it('is any page of that name', () => {
    expect(destinationsOf('memb', pages).at(-1)?.href).toBe('/members');
    expect(destinationsOf('', pages).map(({ href }) => href)).toEqual(['/events', '/members']);
  });
});
