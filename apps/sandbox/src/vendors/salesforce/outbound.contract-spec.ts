import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SandboxFixture } from '../../fixtures/sandbox-fixture';

const ACK =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

describe('Salesforce outbound messages', () => {
  let fixture: SandboxFixture;
  let receiver: Server;
  let answers: string[];
  let bodies: string[];

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
    receiver = createServer((req, res) => {
      let body = '';
      req.setEncoding('utf8').on('data', (text: string) => (body += text));
      req.on('end', () => {
        bodies.push(body);
        res.end(answers.shift() ?? ACK);
      });
    });
    await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    receiver.close();
    await fixture.close();
  });
  beforeEach(async () => {
    answers = [];
    bodies = [];
    await fixture.reset();
    await fixture.admin('POST', '/outbound-messages', {
      object: 'Account',
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
      fields: ['Name', 'Phone'],
      retry_ms: 20,
    });
  });

  const arrived = async (count: number): Promise<void> => {
    while (bodies.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const seed = (Name: string): Promise<unknown> =>
    fixture.admin('POST', '/seed', { records: [{ attributes: { type: 'Account' }, Name }] });

  it('name the org and the record, and leave out what is empty', async () => {
    await seed('A & <B>');
    await arrived(1);
    expect(bodies[0]).toContain(`<OrganizationId>${fixture.account().orgId}</OrganizationId>`);
    expect(bodies[0]).toContain('<sf:Name>A &amp; &lt;B&gt;</sf:Name>');
    expect(bodies[0]).toContain('<SessionId xsi:nil="true"/>');
    expect(bodies[0]).not.toContain('sf:Phone');
  });

  it('come again until they are acknowledged in the very words', async () => {
    answers = ['', '<ok/>', ACK.replace('true', 'false')];
    await seed('again');
    await arrived(4);
    const id = /<Notification><Id>(\w+)/.exec(bodies[0] ?? '')?.[1];
    expect(bodies.every((body) => body.includes(`<Notification><Id>${id}</Id>`))).toBe(true);
  });

  it('are held, bundled, and carry the data of the moment of sending', async () => {
    await fixture.admin('POST', '/outbound-messages/hold', { held: true });
    await seed('first');
    await fixture.admin('POST', '/touch', { object: 'Account', id: await onlyId(), fields: { Name: 'second' } });
    await fixture.admin('POST', '/outbound-messages/hold', { held: false });
    await arrived(1);
    expect(bodies[0]?.match(/<Notification>/g)).toHaveLength(2);
    expect(bodies[0]).not.toContain('first');
    await fixture.admin('POST', '/outbound-messages/repeat', {});
    await arrived(2);
    expect(bodies[1]).toBe(bodies[0]);
  });

  const onlyId = async (): Promise<string> => {
    const { body } = await fixture.admin<{ records: { Id: string }[] }>('GET', '/records?object=Account');
    return body.records[0]?.Id ?? '';
  };
});
