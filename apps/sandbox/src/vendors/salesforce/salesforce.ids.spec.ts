import { IdFactory, sfId18 } from './salesforce.ids';

describe('sfId18', () => {
  it.each([
    ['003G000001SUbc4', '003G000001SUbc4IAD'],
    ['003g000001subc4iad', '003G000001SUbc4IAD'],
    ['a0D30000001n7Pi', 'a0D30000001n7PiEAI'],
    ['70130000001tcyI', '70130000001tcyIAAQ'],
    ['00558000001N0Ke', '00558000001N0KeAAK'],
    ['001550V000WOQZi', '001550V000WOQZiACP'],
    ['001dM00003kSQbVQAW', '001dM00003kSQbVQAW'],
    ['003dM00001wBXYDQA4', '003dM00001wBXYDQA4'],
  ])('completes or repairs %s', (given, expected) => {
    expect(sfId18(given)).toBe(expected);
  });

  it.each(['', 'abc', '003G000001SUbc4I', '003G000001SUbc-', '003G000001SUbc4999'])('refuses %p', (given) => {
    expect(sfId18(given)).toBeUndefined();
  });
});

describe('IdFactory', () => {
  it('makes valid ids whose order is the order of creation', () => {
    const factory = new IdFactory('Hb0', 1_000_000);
    const ids = Array.from({ length: 5_000 }, () => factory.next('001'));
    expect(ids).toEqual([...ids].sort());
    for (const id of ids) expect(sfId18(id.slice(0, 15))).toBe(id);
  });
});
