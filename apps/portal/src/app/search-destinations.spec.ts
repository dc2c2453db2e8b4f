import { destinationsOf, noteOf } from './search-destinations';

const ULID = '01m7yp9qmteh0ad3tymx2ea6dw';
const events = { to: '/events', label: 'Events' };
const links = { to: '/links', label: 'Linked records' };
const audit = { to: '/audit', label: 'Audit log' };
const members = { to: '/members', label: 'Members' };
const all = [events, { to: '/deliveries', label: 'Deliveries' }, links, audit, members];

const hrefs = (typed: string, pages = all): string[] => destinationsOf(typed, pages).map(({ href }) => href);

describe('where a search leads', () => {
  it('is straight to what an id names', () => {
    const id = `dlv_${ULID}`;
    const [first] = destinationsOf(` ${id} `, all);
    expect(first).toEqual({ href: `/deliveries/${id}`, label: id, hint: 'Deliveries' });
    expect(hrefs(`mem_${ULID}`)[0]).toBe('/members');
    expect(hrefs(`axp_${ULID}`)[0]).toBe('/audit/exports');
  });

  it('is the list of what an id is only a part of, said to be so', () => {
    const mappings = { to: '/mappings', label: 'Mappings' };
    const id = `btt_${ULID}`;
    expect(destinationsOf(id, [...all, mappings])[0]).toEqual({ href: '/mappings', label: 'Mappings' });
    expect(hrefs(id)).not.toContain('/mappings');
    expect(noteOf(` ${id} `)).toMatch(/a back-test.* the page of their mapping/);
    expect([noteOf(`dlv_${ULID}`), noteOf('btt_1'), noteOf('')]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['in capitals', (id: string) => id.toUpperCase()],
    ['in quotes', (id: string) => `"${id}"`],
    ['at the end of a sentence', (id: string) => `It is ${id}.`],
    ['in an address of the portal', (id: string) => `https://hub.example/deliveries/${id}?tab=attempts`],
  ])('is straight to what an id names that is %s', (_where, written) => {
    const id = `dlv_${ULID}`;
    expect(destinationsOf(written(id), all)[0]).toEqual({ href: `/deliveries/${id}`, label: id, hint: 'Deliveries' });
    expect(noteOf(written(`btt_${ULID}`))).toMatch(/a back-test/);
  });

  it.each([`dlv_${ULID}0`, `xdlv_${ULID}`, `abc_${ULID}`])('is nowhere in particular for %s', (typed) => {
    expect(hrefs(typed)[0]).toBe(`/events?q=${typed}`);
  });

  it('is the events of a request first, and then what else was done in it', () => {
    const id = `req_${ULID}`;
    expect(hrefs(id)).toEqual([`/events?q=${id}`, `/links?record_id=${id}`, `/audit?q=${id}`]);
    expect(hrefs(id, [audit])).toEqual([`/audit?q=${id}`]);
  });

  it('is the audit log first for what only that knows', () => {
    const id = `usr_${ULID}`;
    expect(hrefs(id)).toEqual([`/audit?q=${id}`, `/events?q=${id}`, `/links?record_id=${id}`]);
  });

  it('is a search through events, records and the audit log for anything else', () => {
    expect(hrefs('invoice/INV 1')).toEqual([
      '/events?q=invoice%2FINV+1',
      '/links?record_id=invoice%2FINV+1',
      '/audit?q=invoice%2FINV+1',
    ]);
    expect(hrefs('dlv_short')[0]).toBe('/events?q=dlv_short');
  });

  it('keeps an id of a system that looks like a number as it was typed', () => {
    expect(hrefs('1e5')[1]).toBe('/links?record_id=1e5');
  });

  it('leads nobody to what they may not see', () => {
    expect(hrefs('1005', [events])).toEqual(['/events?q=1005']);
    expect(hrefs(`dlv_${ULID}`, [audit])).toEqual([`/audit?q=dlv_${ULID}`]);
  });

  it('is any page of that name, and that page once', () => {
    expect(hrefs('memb').at(-1)).toBe('/members');
    expect(hrefs('', [events, members])).toEqual(['/events', '/members']);
  });
});
