import { parseOptions } from './options';

describe('options', () => {
  it('runs what was named, in the order of the report', () => {
    expect(parseOptions(['n8n', 'accept']).benchmarks).toEqual(['accept', 'n8n']);
  });

  it('leaves what is long out of "all", unless it is asked for', () => {
    const light = parseOptions(['all']).benchmarks;
    expect(light).toEqual(expect.arrayContaining(['accept', 'deliver', 'tenants']));
    for (const heavy of ['backlog', 'lists', 'memory', 'n8n'] as const) {
      expect(light).not.toContain(heavy);
      expect(parseOptions(['all', heavy]).benchmarks).toContain(heavy);
      expect(parseOptions(['all', '--heavy']).benchmarks).toContain(heavy);
    }
  });

  it('refuses what it does not know, with a sentence', () => {
    expect(() => parseOptions([])).toThrow('Name a benchmark');
    expect(() => parseOptions(['accept', 'speed'])).toThrow('There is no benchmark "speed".');
    expect(() => parseOptions(['backlog', '--backlog', '0'])).toThrow('--backlog takes a whole number from 1.');
  });
});
