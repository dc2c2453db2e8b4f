import { firstEvent, LANGUAGES, snippetOf } from './snippets';

const event = firstEvent('7f3a');
const origin = 'https://hub.example.com';
const lines = (language: (typeof LANGUAGES)[number]): string => snippetOf(language, origin, 'hub_test_abc', event);

describe('lines for the first event', () => {
  it.each(LANGUAGES)('in %s have the key, the host and the event of whoever reads them', (language) => {
    const text = lines(language);
    expect(text).toContain('hub_test_abc');
    expect(text).toContain('https://hub.example.com/v1/events');
    expect(text).toContain('quickstart-7f3a');
  });

  it('quote for the shell whatever is in the body', () => {
    const command = snippetOf('curl', origin, 'k', { ...event, data: { name: "O'Hara" } });
    expect(command).toContain(String.raw`O'\''Hara`);
  });

  it.each([
    ['javascript', /JSON\.stringify\((\{[^]*?\})\),/],
    ['python', /r"""([^]*?)"""/],
    ['curl', /-d '([^]*?)'$/],
  ] as const)('send the whole event in %s', (language, body) => {
    expect(JSON.parse(body.exec(lines(language))?.[1] ?? '')).toEqual(event);
  });
});
