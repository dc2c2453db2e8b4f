import { newUuid } from '@hub/platform';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { startHttpReceiver, type HttpReceiver, type MailReceiver } from '../../../test/support/alert-receivers';
import { stageApi } from '../src/fixtures/stage-api';
import { startMailingApis } from './fixtures/mailing-apis';
import { type InProcessApi } from './in-process-api';

/** What a tenant may have the operator's mail server, and the hub's own address, send to whom it names. */
describe('what a tenant has the hub send', () => {
  let database: TestDatabase;
  let mail: MailReceiver;
  let receiver: HttpReceiver;
  let api: InProcessApi;
  /** Another process of the same hub. */
  let second: InProcessApi;
  let key: string;

  stageApi(
    (created) => startMailingApis(created, true),
    (made, created) => {
      ({ api, second, mail } = made);
      database = created;
    },
  );
  beforeEach(async () => {
    [receiver, key] = [await startHttpReceiver(), (await api.newTenant()).key];
    await database.asSuperuser((client) => client.query('delete from sending_limits'));
  });
  afterEach(() => receiver.close());

  const post = async (url: string, body: object = {}, { by = key, of = api } = {}) => {
    const { statusCode, headers, body: text } = await of.send(by, 'POST', url, { payload: body });
    const { code = null, id = '' } = JSON.parse(text) as { code?: string; id?: string };
    return { status: statusCode, code, id, retryAfter: Number(headers['retry-after'] ?? 0) };
  };
  const invite = (email: string, by = key, of = api) => post('/v1/members', { email, role: 'viewer' }, { by, of });
  const statuses = (answers: readonly { readonly status: number }[]): number[] =>
    answers.map(({ status }) => status).sort();
  const times = (count: number, code: number): number[] => Array.from({ length: count }, () => code);
  const lettersTo = (email: string): number => mail.mails.filter(({ to }) => to.includes(email)).length;
  const later = (by: string): Promise<unknown> =>
    database.asSuperuser((client) =>
      client.query(
        `update sending_limits set sent_at = array(select s - $1::interval from unnest(sent_at) s),
           expires_at = expires_at - $1::interval`,
        [by],
      ),
    );

  it('is three invitations an hour to one address, however many are asked for at once, and by whichever process', async () => {
    const email = 'stranger@example.com';
    const answers = await Promise.all(times(8, 0).map((_, time) => invite(email, key, time % 2 === 0 ? api : second)));
    expect(statuses(answers)).toEqual([...times(3, 201), ...times(5, 429)]);
    const refused = await invite(email.toUpperCase(), key, second);
    expect(refused).toMatchObject({ status: 429, code: 'too_many_invitations' });
    expect(refused.retryAfter).toBeGreaterThan(3_500);
    expect(refused.retryAfter).toBeLessThanOrEqual(3_600);
    expect((await invite('another@example.com')).status).toBe(201);
    await waitUntil(
      'the letters',
      async () => lettersTo(email) === 3 && lettersTo('another@example.com') === 1,
      10_000,
    );
    // Neither learns of the other, nor keeps it from writing.
    expect((await invite(email, (await api.newTenant()).key)).status).toBe(201);
    await later('1 hour');
    expect((await invite(email)).status).toBe(201);
  });

  it('is fifty invitations a day, to whomever', async () => {
    expect((await invite('first@example.com')).status).toBe(201);
    await database.asSuperuser((client) =>
      client.query(`update sending_limits set sent_at = array_fill(now() - interval '2 hours', array[50])`),
    );
    const refused = await invite('next@example.com');
    expect(refused).toMatchObject({ status: 429, code: 'too_many_invitations' });
    expect(Math.ceil(refused.retryAfter / 3_600)).toBe(22);
    // Nothing is kept of whom it would have gone to.
    const kept = await database.asSuperuser((client) => client.query(`select 1 from sending_limits`));
    expect(kept.rows).toHaveLength(2);
    await later('22 hours');
    expect((await invite('next@example.com')).status).toBe(201);
    // What counts no longer is not kept.
    const { rows } = await database.asSuperuser((client) =>
      client.query(`select cardinality(sent_at) as n from sending_limits order by 1`),
    );
    expect(rows).toEqual([{ n: 1 }, { n: 1 }]);
  });

  describe('to test alert channels', () => {
    const newChannel = async (): Promise<string> => {
      const made = await post('/v1/alert-channels', { name: `hook ${newUuid()}`, kind: 'webhook', url: receiver.url });
      expect(made.status).toBe(201);
      return `/v1/alert-channels/${made.id}/test`;
    };

    it('is five an hour for each, by whichever process', async () => {
      const [one, other] = [await newChannel(), await newChannel()];
      const tests = await Promise.all(
        times(7, 0).map((_, time) => post(one, {}, { of: time % 2 === 0 ? api : second })),
      );
      expect(statuses(tests)).toEqual([...times(5, 200), ...times(2, 429)]);
      expect(await post(one)).toMatchObject({ status: 429, code: 'too_many_tests' });
      expect(receiver.calls).toHaveLength(5);
      expect((await post(other)).status).toBe(200);
      await later('1 hour');
      expect((await post(one)).status).toBe(200);
    });

    it('is twenty an hour for all of a tenant, however many channels it makes', async () => {
      for (let channel = 0; channel < 4; channel++) {
        const test = await newChannel();
        for (let time = 0; time < 5; time++) expect((await post(test)).status).toBe(200);
      }
      const refused = await post(await newChannel());
      expect(refused).toMatchObject({ status: 429, code: 'too_many_tests' });
      expect(refused.retryAfter).toBeGreaterThan(3_500);
      expect(receiver.calls).toHaveLength(20);
    });
  });
});
