import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchChild } from './child-launch';

/** What an escaped expression would try; runs with exactly the flags, environment and handles of a real child. */
const PROBE = `
const attempt = (name, action) => { try { return [name, String(action())]; } catch (error) { return [name, 'refused']; } };
const results = Object.fromEntries([
  attempt('read', () => require('node:fs').readFileSync('/etc/passwd').length),
  attempt('list', () => require('node:fs').readdirSync('/').length),
  attempt('write', () => require('node:fs').writeFileSync(${JSON.stringify(path.join(os.tmpdir(), 'hub-escape'))}, 'x')),
  attempt('spawn', () => require('node:child_process').execFileSync('id')),
  attempt('eval', () => eval('1 + 1')),
  attempt('function', () => new Function('return 1')()),
  attempt('proto', () => { 'use strict'; Object.prototype.polluted = 1; return 'written'; }),
  attempt('push', () => { 'use strict'; Array.prototype.push = () => 0; return 'written'; }),
  attempt('dunder', () => ({}).__proto__ === undefined ? 'absent' : 'present'),
  attempt('modules', () => typeof require(${JSON.stringify(require.resolve('jsonata'))})),
  attempt('env', () => JSON.stringify(process.env)),
]);
process.stdout.write(JSON.stringify(results));
`;

const settings = { maxExpressionBytes: 1, maxOutputBytes: 1, turnMs: 1, overrunMs: 1, maxRssBytes: 1 };

describe('child process', () => {
  it('has no files, no processes, no code from text, no environment, and prototypes that cannot be written', async () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hub-probe-')));
    try {
      fs.mkdirSync(path.join(folder, 'child'));
      const entry = path.join(folder, 'child', 'probe.js');
      fs.writeFileSync(entry, PROBE);
      const child = launchChild(entry, 64, settings);
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      await new Promise((resolve) => child.on('close', resolve));
      expect(JSON.parse(said)).toEqual({
        read: 'refused',
        list: 'refused',
        write: 'refused',
        spawn: 'refused',
        eval: 'refused',
        function: 'refused',
        proto: 'refused',
        push: 'refused',
        dunder: 'absent',
        modules: 'function',
        env: '{"TZ":"UTC"}',
      });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
