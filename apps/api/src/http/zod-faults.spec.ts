import { z } from 'zod';
import { problem, type InputFault } from '@hub/platform';
import { problemDocument } from './problem-document';
import { faultsOf } from './zod-faults';

const nothing = z.strictObject({});
const withMembers = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_unused, n) => [`k${n}`, n]));
const check = (schema: z.ZodType, value: unknown, most?: number): InputFault[] =>
  faultsOf(schema.safeParse(value).error, value, '/events/0', most);

describe('the faults of a request', () => {
  it('are all named up to a hundred', () => {
    const faults = check(nothing, withMembers(100));
    expect(faults).toHaveLength(100);
    expect(faults[99]).toMatchObject({ pointer: '/events/0/k99', code: 'unknown_field' });
  });

  it('are counted from there on, in one check of many members', () => {
    const faults = check(nothing, withMembers(5_000));
    expect(faults).toHaveLength(101);
    expect(faults[100]).toEqual({
      pointer: '/events/0',
      code: 'more_faults',
      message: 'At least 4900 more are not named.',
    });
  });

  it('are counted from there on, over many checks', () => {
    const given = { list: ['a', 'b', 'c'], x: 1, y: 2 };
    const faults = check(z.strictObject({ list: z.array(z.number()) }), given, 2);
    expect(faults.map(({ code }) => code)).toEqual(['invalid_type', 'invalid_type', 'more_faults']);
    expect(faults[2]?.message).toContain(' 3 ');
  });

  it('are counted from there on where they came from many places', () => {
    const fault = { pointer: '/a', code: 'unknown_field', message: 'no' };
    const told = (count: number): InputFault[] | undefined =>
      problemDocument(problem('bad_request', 'x', 'y', { faults: Array.from({ length: count }, () => fault) }), {
        id: 'req_1',
        url: '/',
      }).errors;
    expect(told(100)?.at(-1)).toEqual(fault);
    expect(told(101)).toHaveLength(101);
    expect(told(101)?.[100]).toMatchObject({ code: 'more_faults', message: 'At least 1 more are not named.' });
    expect(told(102)?.[100]).toMatchObject({ code: 'more_faults', message: 'At least 2 more are not named.' });
  });

  it('name what a union takes, in a sentence of its own', () => {
    const schema = z.strictObject({ one: z.union([z.literal('a'), z.int()], { error: 'Use a or a number.' }) });
    const fault = { pointer: '/events/0/one', code: 'invalid_value', message: 'Use a or a number.' };
    for (const one of ['b', {}, null, 1.5]) expect(check(schema, { one })).toEqual([fault]);
    expect(check(schema, {})).toMatchObject([{ code: 'required' }]);
  });

  it('do not repeat a name without end', () => {
    expect(check(nothing, { ['n'.repeat(100)]: 1 })[0]?.pointer).toBe(`/events/0/${'n'.repeat(100)}`);
    const [fault] = check(nothing, { ['n'.repeat(101)]: 1 });
    expect(fault).toEqual({
      pointer: '/events/0',
      code: 'unknown_field',
      message: 'There is no field with a name of 101 characters here.',
    });
  });
});
