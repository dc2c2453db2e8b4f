import { err, ok, type Result } from '@hub/platform';
import { type ConnectorError } from './connector-error';
import { type ExistingRecord } from './matching';
import { findApart, type ValueAnswer, type ValueSearch } from './matching-floods';

const ROOM = 100;

/** A vendor with as many records of each address as it says here, that answers with a hundred of them at most. */
function vendorWith(counts: Readonly<Record<string, number>>) {
  const records = Object.entries(counts).flatMap(([email, count]) =>
    Array.from({ length: count }, (_unused, n): ExistingRecord => {
      const id = `${email}-${n}`;
      return { id, name: id, active: true, keys: { email: [email] }, postalCode: null };
    }),
  );
  const asked: (readonly string[])[] = [];
  const ask = ({ values }: ValueSearch): Promise<Result<ValueAnswer, ConnectorError>> => {
    asked.push(values);
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    const all = records.filter(({ keys }) => keys.email?.some((email) => wanted.has(email)));
    return Promise.resolve(ok({ records: all.slice(0, ROOM), complete: all.length <= ROOM }));
  };
  return { ask, asked };
}

const others = Array.from({ length: 299 }, (_unused, n) => `other-${n}@x`);
const found = async (
  values: readonly string[],
  { ask }: ReturnType<typeof vendorWith>,
): Promise<{ unread: readonly string[]; addresses: readonly string[] }> => {
  const answer = await findApart([{ key: 'email', values }], ask);
  if (!answer.ok) throw new Error(answer.error.message);
  const { records, unread } = answer.value;
  return {
    unread: unread.map(({ key, value }) => `${key} ${value}`),
    addresses: [...new Set(records.flatMap(({ keys }) => keys.email ?? []))],
  };
};

describe('a value that more records have than an answer holds', () => {
  it('is unread, hides none of the others, and costs two more questions', async () => {
    const counts = Object.fromEntries(others.map((email) => [email, email.endsWith('7@x') ? 1 : 0]));
    const vendor = vendorWith({ 'flood@x': 500, ...counts });
    const { unread, addresses } = await found([...others, 'Flood@x'], vendor);
    expect(unread).toEqual(['email Flood@x']);
    expect(addresses).toEqual(['flood@x', ...others.filter((email) => email.endsWith('7@x'))]);
    expect(vendor.asked.map(({ length }) => length)).toEqual([300, 1, 299]);
  });

  it('is unread in each of its spellings', async () => {
    const vendor = vendorWith({ 'flood@x': 500 });
    expect((await found(['Flood@x', 'flood@x', 'a@x'], vendor)).unread).toEqual(['email Flood@x', 'email flood@x']);
  });

  it('is no value that has room alone: those of many that have it are all read', async () => {
    const vendor = vendorWith(Object.fromEntries(others.map((email) => [email, 9])));
    const answer = await findApart([{ key: 'email', values: others }], vendor.ask);
    expect(answer).toMatchObject({ ok: true, value: { unread: [] } });
    expect(answer.ok ? answer.value.records : []).toHaveLength(299 * 9);
    expect(vendor.asked.length).toBeLessThanOrEqual(63);
  });

  it('is not asked for where there is none, and not taken for none where the vendor refuses', async () => {
    const vendor = vendorWith({});
    expect(await findApart([{ key: 'email', values: [] }], vendor.ask)).toEqual(ok({ records: [], unread: [] }));
    expect(vendor.asked).toEqual([]);
    const busy = err({ category: 'transient', code: 'http_503', message: 'busy' } as const);
    expect(await findApart([{ key: 'email', values: ['a@x'] }], () => Promise.resolve(busy))).toEqual(busy);
  });
});
