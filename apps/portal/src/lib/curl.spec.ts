/// <reference types="node" />
import { execFileSync } from 'node:child_process';
import { curlOf, quoted, urlWith } from './curl';

/** What a shell hands over to the program, word by word; `curl` is a function that shows it. */
function wordsOf(command: string): string[] {
  const script = `curl() { for word; do printf '%s\\0' "$word"; done; }\nHUB_API_KEY=the-key\n${command}`;
  const said = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  return said.split('\0').slice(0, -1);
}

describe('a command for the shell', () => {
  it.each([
    `it's`,
    `"double" and 'single' and '''`,
    '$HOME `id` \\ !event #no *.txt ~',
    'two\nlines\r\nand a tab\t',
    'émoji 🙂 漢字',
    '',
    '-n',
    `'`,
  ])('hands over as it is: %j', (word) => {
    expect(wordsOf(`curl ${quoted(word)}`)).toEqual([word]);
  });

  it('sends the very body, and the key of the shell', () => {
    const body = '{"name":"O\'Neill \\"🙂\\"","n":12345678901234567890.10,\n "at":"@file"}';
    const url = 'https://hub.example/v1/events';
    const command = curlOf({ method: 'POST', url, body });
    expect(command).toContain('$HUB_API_KEY');
    expect(wordsOf(command)).toEqual([
      '-X',
      'POST',
      url,
      '-H',
      'Authorization: Bearer the-key',
      '-H',
      'Content-Type: application/json',
      '--data-raw',
      body,
    ]);
  });

  it('asks for a list as the page does', () => {
    const url = urlWith('https://hub.example/v1/events', { q: `a&b 'c' 🙂`, status: undefined, type: 'order.*' });
    const [shown = ''] = wordsOf(curlOf({ method: 'GET', url }));
    expect([...new URL(shown).searchParams]).toEqual([
      ['q', `a&b 'c' 🙂`],
      ['type', 'order.*'],
    ]);
    expect(urlWith('https://hub.example/v1/events', {})).toBe('https://hub.example/v1/events');
  });
});
