import { SALESFORCE_HOOKS } from './salesforce.hooks';

const ORGANISATION = '00D000000000001';
const ACCOUNT = '<sObject xsi:type="sf:Account" xmlns:sf="urn:x"><sf:Id>001dM00003kSQbV</sf:Id></sObject>';
const note = (record: string): string => `<Notification><Id>04l000000000001AAA</Id>${record}</Notification>`;
const message = (notifications: string, head = '<soapenv:Envelope xmlns:soapenv="urn:e">', organisations = 1): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${head}<soapenv:Body><notifications>` +
  `<OrganizationId> ${ORGANISATION} </OrganizationId>`.repeat(organisations) +
  `${notifications}</notifications></soapenv:Body></soapenv:Envelope>`;

function read(xml: string): unknown {
  const context = { config: {}, accountId: ORGANISATION, oauthApp: null };
  const verified = SALESFORCE_HOOKS.verify(context, { headers: {}, body: Buffer.from(xml) });
  return verified.ok ? verified.value.notices.map(({ object, id }) => `${object} ${id}`) : verified.error;
}

describe('an outbound message', () => {
  it('is read whatever prefixes, quotes, fields and gaps it has', () => {
    const fields = '<sf:Name>a &lt;b&gt; > "c</sf:Name>\n<sf:Phone xsi:nil="true" />';
    const other = `<sObject xmlns:sf='urn:x' xsi:type='sf:Account'>${fields}<sf:Id>001dM00003kSQbW</sf:Id></sObject>`;
    expect(read(message(note(ACCOUNT) + note(other)))).toEqual([
      'Account 001dM00003kSQbVQAW',
      'Account 001dM00003kSQbWQAW',
    ]);
    expect(read(message(note(ACCOUNT).repeat(100)))).toHaveLength(100);
  });

  it('with many fields is read', () => {
    const fields = '<sf:F>x</sf:F>'.repeat(240);
    expect(read(message(note(ACCOUNT.replace('</sObject>', `${fields}</sObject>`)).repeat(100)))).toHaveLength(100);
  });

  it.each([
    ['has none', message('')],
    ['has more than a hundred', message(note(ACCOUNT).repeat(101))],
    ['lacks the record', message(note(''))],
    ['has two records for one', message(note(ACCOUNT + ACCOUNT))],
    ['says twice whose it is', message(note(ACCOUNT), undefined, 2)],
    ['is cut off', message(note(ACCOUNT)).slice(0, -3)],
    ['closes what was not opened', message(`${note(ACCOUNT)}</x>`)],
    ['nests without end', message(note(ACCOUNT) + '<a>'.repeat(20) + '</a>'.repeat(20))],
    ['has a comment', message(`<!-- -->${note(ACCOUNT)}`)],
    ['has an instruction', message(`<?a b?>${note(ACCOUNT)}`)],
    ['has an attribute without a value', message(note(ACCOUNT), '<soapenv:Envelope a>')],
    ['has an angle in a value', message(note(ACCOUNT), '<soapenv:Envelope a=">">')],
  ])('that %s is refused', (_what, xml) => {
    expect(read(xml)).toBe('unreadable');
  });

  // Each of them kept a parser that builds the whole document busy for seconds.
  it.each([
    ['attributes', message(note(ACCOUNT), `<soapenv:Envelope ${'a="" '.repeat(100_000)}>`)],
    ['attributes of many tags', message(note(ACCOUNT) + `<a ${'b="" '.repeat(500)}/>`.repeat(100))],
    ['tags', message(note(ACCOUNT) + '<a/>'.repeat(60_000))],
  ])('is refused for the number of its %s', (_what, xml) => {
    expect(xml.length).toBeLessThan(SALESFORCE_HOOKS.maxBytes);
    expect(read(xml)).toBe('unreadable');
  });
});
