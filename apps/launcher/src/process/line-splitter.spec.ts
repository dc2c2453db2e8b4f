import { LastLines } from './last-lines';
import { LineSplitter } from './line-splitter';

describe('LineSplitter', () => {
  it('joins what chunks cut, characters included, and gives the rest at the end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    const bytes = Buffer.from('first\r\nsecönd 🚀\n\nlast');
    for (const byte of bytes) splitter.add(Buffer.from([byte]));
    splitter.end();
    splitter.end();
    expect(lines).toEqual(['first', 'secönd 🚀', '', 'last']);
  });

  it('does not collect a line without end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (let index = 0; index < 10; index++) splitter.add(Buffer.alloc(100_000, 'x'));
    expect(lines.length).toBeGreaterThan(2);
  });
});

describe('LastLines', () => {
  it('keeps the end of a long output', () => {
    const last = new LastLines();
    for (let index = 0; index < 20_000; index++) last.add(Buffer.from(`line ${index}\n`));
    const lines = last.all();
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)).toBe('line 19999');
  });
});
