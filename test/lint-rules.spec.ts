import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { compilerOptions } from '../tsconfig.base.json';

const ROOT = path.resolve(__dirname, '..');
const FIXTURES = path.join(__dirname, 'lint-fixtures');
const FOUNDATION = ['platform', 'database', 'tenancy', 'audit'];
const COMPOSED = [
  ...FOUNDATION,
  'delivery',
  'mapping-engine',
  'mapping-store',
  'connector-sdk',
  'connector-providers',
  'connections',
  'sync',
  'alerts',
  'webhooks',
  'archive',
];

/** Who may import whom, written down a second time on purpose: the other place is `eslint.config.mjs`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  'local-services': ['platform'],
  database: ['platform'],
  tenancy: ['platform', 'database'],
  audit: ['platform', 'database', 'tenancy'],
  delivery: FOUNDATION,
  'mapping-engine': ['platform'],
  'mapping-store': [...FOUNDATION, 'mapping-engine'],
  'connector-sdk': ['platform'],
  'connector-providers': ['platform', 'connector-sdk'],
  'connector-contract-suite': ['platform', 'connector-sdk'],
  connections: [...FOUNDATION, 'connector-sdk'],
  sync: [...FOUNDATION, 'connector-sdk'],
  alerts: FOUNDATION,
  webhooks: FOUNDATION,
  archive: FOUNDATION,
  'api-client': [],
  'audit-verifier': [],
  portal: ['api-client', 'audit-verifier'],
  sandbox: ['platform'],
  launcher: [...FOUNDATION, 'local-services', 'api-client'],
  api: COMPOSED,
  worker: COMPOSED,
};

interface Answers {
  readonly fixtures: Readonly<Record<string, readonly string[]>>;
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly entered: readonly string[];
}

/** What is made, and never committed. */
const MADE = fs
  .readFileSync(path.join(ROOT, '.gitignore'), 'utf8')
  .split('\n')
  .filter((line) => line.endsWith('/'));

function readProjects(): { name: string; sourceRoot: string }[] {
  const found: { name: string; sourceRoot: string }[] = [];
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(full);
      else if (entry.name === 'project.json') found.push(JSON.parse(fs.readFileSync(full, 'utf8')));
    }
  };
  ['apps', 'libs'].forEach((root) => visit(path.join(ROOT, root)));
  return found;
}

/** In a process of its own: the configuration is an ES module, which Jest cannot load. */
function lintFixtures(): Answers {
  const node = (script: string, ...values: string[]): string =>
    execFileSync(process.execPath, [script, ...values], { cwd: ROOT, encoding: 'utf8', timeout: 150_000 });
  node('-e', `require('./tools/project-graph.cjs').makeProjectGraph()`);
  // The test helpers' own rule is that of specs, which may import every library.
  const projects = readProjects().filter((project) => project.name !== 'testing');
  const aliases = Object.keys(compilerOptions.paths);
  const asked = JSON.stringify({ projects, aliases, folders: MADE });
  return JSON.parse(node(path.join(FIXTURES, 'lint-as.mjs'), asked)) as Answers;
}

describe('the import rules', () => {
  let answers: Answers;
  beforeAll(() => {
    answers = lintFixtures();
  }, 180_000);

  const names = fs.readdirSync(FIXTURES).filter((name) => name.endsWith('.ts'));

  it.each(names)('%s', (name) => {
    const code = fs.readFileSync(path.join(FIXTURES, name), 'utf8');
    const breaks = /^\/\/ breaks: (\S+)$/m.exec(code)?.[1];
    expect(answers.fixtures[name]).toEqual(breaks === 'nothing' ? [] : [breaks]);
  });

  it('let each project import what it may and nothing else', () => {
    const expected = Object.entries(MAY_IMPORT).map(([project, libs]) => [project, [project, ...libs].sort()]);
    const actual = Object.entries(answers.imports).map(([project, aliases]) => [
      project,
      [...new Set([project, ...aliases.map((alias) => alias.replace('@hub/', ''))])].sort(),
    ]);
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
  });

  it('are not for what is made: a copy of the sources there may come and go while the linter reads', () => {
    expect(MADE).toContain('.cache/');
    expect(answers.entered).toEqual([]);
  });

  it('know every project: each has a kind and a scope', () => {
    for (const project of readProjects() as { name: string; sourceRoot: string; tags?: string[] }[]) {
      expect({ name: project.name, tags: project.tags }).toEqual({
        name: project.name,
        tags: [expect.stringMatching(/^type:(lib|app)$/), expect.stringMatching(/^scope:/)],
      });
    }
  });
});
