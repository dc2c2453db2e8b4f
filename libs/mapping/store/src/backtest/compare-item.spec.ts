import { type Json } from '@hub/platform';
import { compareRuns, varyingPointers, type RunResult, type SentPayload } from './compare-item';

const output = (value: Json): RunResult => ({ kind: 'output', output: value });
const skipped: RunResult = { kind: 'skipped', reason: 'nothing' };
const failed: RunResult = { kind: 'failed', error: { code: 'mapping_runtime', message: 'no' } };
const noLink: RunResult = {
  kind: 'failed',
  error: { code: 'mapping_link_missing', message: 'no', link: { type: 'customer', id: '1', system: 'x' } },
};
const sent = (value: Json, madeByBase = true): SentPayload => ({ output: value, madeByBase });

describe('the outcome of a back-test', () => {
  it.each([
    [output(1), output(1), 'unchanged'],
    [output(1), output(2), 'changed'],
    [output(1), failed, 'now_failing'],
    [output(1), noLink, 'now_failing'],
    [output(1), skipped, 'now_skipped'],
    [skipped, output(1), 'no_longer_skipped'],
    [skipped, skipped, 'skipped_both'],
    [skipped, failed, 'now_failing'],
    [failed, output(1), 'now_fixed'],
    [failed, skipped, 'now_skipped'],
    [failed, failed, 'still_failing'],
    [noLink, noLink, 'still_failing'],
    [noLink, output(1), 'now_fixed'],
  ] as const)('of %j and then %j is %s', (base, draft, outcome) =>
    expect(compareRuns({ base, draft, sent: null, varying: [] })).toMatchObject({ outcome, wasSent: 'not_kept' }),
  );

  it('names the differences, without those that vary by themselves', () => {
    const [base, draft] = [output({ a: 1, at: 1 }), output({ a: 2, at: 2 })];
    expect(compareRuns({ base, draft, sent: null, varying: ['/at'] })).toMatchObject({
      outcome: 'changed',
      differences: [{ pointer: '/a', kind: 'changed', before: 1, after: 2 }],
    });
    expect(compareRuns({ base, draft, sent: null, varying: ['/at', '/a'] }).outcome).toBe('unchanged');
    expect(varyingPointers(base, draft)).toEqual(['/a', '/at']);
    expect(varyingPointers(base, failed)).toEqual([]);
  });
});

describe('beside what was sent', () => {
  it('the draft is the same or different', () => {
    const compare = (draft: RunResult, was: SentPayload): unknown => {
      const { wasSent, sentDifferences } = compareRuns({ base: output({ a: 1 }), draft, sent: was, varying: [] });
      return [wasSent, sentDifferences.map(({ pointer, kind }) => `${pointer} ${kind}`)];
    };
    expect(compare(output({ a: 1 }), sent({ a: 1 }))).toEqual(['same', []]);
    expect(compare(output({ a: 2 }), sent({ a: 1 }))).toEqual(['different', ['/a changed']]);
    expect(compare(output({ a: 2 }), sent({ a: 2 }, false))).toEqual(['same', []]);
    expect(compare(failed, sent({ a: 1 }))).toEqual(['different', [' removed']]);
  });

  it('nothing is said when the published version no longer makes what it sent', () => {
    const base = output({ id: 'new' });
    expect(compareRuns({ base, draft: base, sent: sent({ id: 'old' }), varying: [] })).toMatchObject({
      outcome: 'unchanged',
      wasSent: 'not_comparable',
      reason: 'links_changed',
    });
    // Another version made it: that it differs is what is asked for.
    expect(compareRuns({ base, draft: base, sent: sent({ id: 'old' }, false), varying: [] }).wasSent).toBe('different');
    expect(compareRuns({ base, draft: base, sent: sent({ id: 'old' }), varying: ['/id'] }).wasSent).toBe('same');
  });

  it('nothing is said at all when a link is gone that was there', () => {
    const compare = (base: RunResult, was: SentPayload | null): string =>
      compareRuns({ base, draft: output({ a: 1 }), sent: was, varying: [] }).outcome;
    expect(compare(noLink, sent({ a: 1 }))).toBe('not_comparable');
    expect(compare(noLink, null)).toBe('now_fixed');
    expect(compare(noLink, sent({ a: 1 }, false))).toBe('now_fixed');
    expect(compare(failed, sent({ a: 1 }))).toBe('now_fixed');
  });
});
