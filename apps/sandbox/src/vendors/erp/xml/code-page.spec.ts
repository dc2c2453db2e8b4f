import { decodeText, encodeText, firstUnmappable, throughCodePage } from './code-page';

describe('code pages', () => {
  it('reads back what it wrote, and knows what cannot be written', () => {
    expect(encodeText('Größe', 'iso-8859-1').toString('hex')).toBe('4772f6df65');
    expect(encodeText('5 €–', 'windows-1252').toString('hex')).toBe('35208096');
    expect(decodeText(Buffer.from('35208096', 'hex'), 'windows-1252')).toBe('5 €–');
    expect(decodeText(Buffer.from('80', 'hex'), 'iso-8859-1')).toBe('\u0080');
    expect(throughCodePage('Łódź €🙂', 'iso-8859-1')).toBe('?ód? ??');
    expect(throughCodePage('Łódź €🙂', 'utf-8')).toBe('Łódź €🙂');
    expect([firstUnmappable('abc€', 'iso-8859-1'), firstUnmappable('abc€', 'windows-1252')]).toEqual(['€', undefined]);
    expect(() => decodeText(Buffer.from([0xe9]), 'utf-8')).toThrow('not valid for encoding utf-8');
  });
});
