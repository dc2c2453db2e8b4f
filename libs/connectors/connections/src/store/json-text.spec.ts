import { jsonText } from './json-text';

describe('JSON for the database', () => {
  it.each([
    ['plain', 'plain'],
    ['a\0b', 'a\ufffdb'],
    ['\ud800x', '\ufffdx'],
    ['\udfff', '\ufffd'],
    ['😀', '😀'],
    ['\\u0000', '\\u0000'],
    ['\\\0', '\\\ufffd'],
    ['\\ud800', '\\ud800'],
  ])('holds %j as %j', (text, kept) => {
    expect(JSON.parse(jsonText({ text }))).toEqual({ text: kept });
  });
});
