import { decodeAnswer, isXmlText, strangerOf } from './erp.code-page';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('code pages', () => {
  it('name the first character that the database cannot hold', () => {
    expect(strangerOf('Müller & Söhne ß', 'iso-8859-1')).toBeNull();
    expect(strangerOf('10 € für Łódź', 'iso-8859-1')).toBe('€');
    expect(strangerOf('10 € für Łódź', 'windows-1252')).toBe('Ł');
    expect(strangerOf('🛠', 'windows-1252')).toBe('🛠');
    expect(strangerOf('Łódź 🛠', 'utf-8')).toBeNull();
  });

  it('know what XML cannot carry', () => {
    expect(isXmlText('a\tb\r\nc 🛠')).toBe(true);
    for (const text of ['a\u0000', '\u0007', '\u001f', '\ufffe', '\ud83d']) expect(isXmlText(text)).toBe(false);
  });
});

describe('an answer', () => {
  it('is read by its header, else by its declaration', () => {
    expect(decodeAnswer(latin('<a>ß</a>'), 'text/xml; charset="ISO-8859-1"', 'utf-8')).toBe('<a>ß</a>');
    const declared = '<?xml version="1.0" encoding=\'windows-1252\'?><a>';
    expect(decodeAnswer(Buffer.concat([latin(declared), Buffer.from([0x80])]), 'text/xml', 'utf-8')).toBe(
      `${declared}€`,
    );
    expect(decodeAnswer(Buffer.from('\ufeff<a>ß</a>'), 'text/xml', 'iso-8859-1')).toBe('<a>ß</a>');
    expect(decodeAnswer(Buffer.from('\ufeff<a>ß</a>', 'utf16le'), '', 'utf-8')).toBe('<a>ß</a>');
  });

  it('that is not what it says is read in the code page of the connection, or not at all', () => {
    expect(decodeAnswer(latin('<a>ß</a>'), 'text/xml;charset=utf-8', 'windows-1252')).toBe('<a>ß</a>');
    expect(decodeAnswer(latin('<a>ß</a>'), 'text/xml;charset=utf-8', 'utf-8')).toBeNull();
    expect(decodeAnswer(latin('<a/>'), 'text/xml;charset=ebcdic-of-ours', 'utf-8')).toBe('<a/>');
  });
});
