import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const ROOT = path.resolve(__dirname, '..', '..');
export const readText = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

export interface Mount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly bind?: { readonly create_host_path?: boolean };
}

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas?: number };
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | Mount)[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly privileged?: boolean;
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const readCompose = (): Compose => parse(readText('docker/compose.yaml'), { merge: true }) as Compose;

/** `${NAME:-default}`, `${NAME:+instead}` and `${NAME:?message}` of a compose file; `$$` is a plain dollar sign. */
const VARIABLE = /\$\{(\w+)(?::([-+?])([^}]*))?\}/g;

export interface Variable {
  readonly name: string;
  readonly kind: 'default' | 'instead' | 'needed' | 'bare';
}

const KINDS: Readonly<Record<string, Variable['kind']>> = { '-': 'default', '+': 'instead', '?': 'needed' };

export function variablesOf(text: string): Variable[] {
  return [...text.replaceAll('$$', '').matchAll(VARIABLE)].map(([, name, operator]) => ({
    name: name ?? '',
    kind: KINDS[operator ?? ''] ?? 'bare',
  }));
}

/** As compose does it: an empty value counts as unset. */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (_whole, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = values[name] ?? '';
    if (operator === '+') return value === '' ? '' : (rest ?? '');
    if (value !== '') return value;
    if (operator === '?') throw new Error(`${name} is not set`);
    return operator === '-' ? (rest ?? '') : '';
  });
}

export function readEnvExample(): Record<string, string> {
  const lines = readText('docker/.env.example')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`.env.example: what is this line? ${line}`);
      return [name, value ?? ''];
    }),
  );
}

/** What `COPY` takes from the build context; copies from other stages are left out. */
export function copiedSources(dockerfile: string): string[] {
  return [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, values]) =>
    (values ?? '').split(/\s+/).slice(0, -1),
  );
}

export interface Install {
  /** As `npm ci` takes them. */
  readonly options: readonly string[];
  /** Folders that are gone afterwards, relative to the repository. */
  readonly removed: readonly string[];
}

/**
 * How the image comes to its packages.
 * @throws Error where its stage does anything else: what is tested would not be what is shipped
 */
export function readInstall(): Install {
  const [stage = ''] = /^FROM \S+ AS packages$.*?(?=^FROM )/ms.exec(readText('docker/Dockerfile')) ?? [];
  const [run = '', ...others] = stage.match(/^RUN .*$/gm) ?? [];
  const parts = /^RUN \S+ npm ci((?: --[\w=-]+)*)(?: && rm -rf((?: [\w@./-]+)+))?$/.exec(run);
  if (parts === null || others.length > 0) throw new Error('docker/Dockerfile: how are packages installed?');
  const [options = [], removed = []] = parts.slice(1).map((words?: string) => words?.trim().split(' '));
  return { options, removed };
}

/** Copies what a build of the image would have before it runs anything. */
export function stageContext(folder: string): void {
  const dockerignore = readText('docker/Dockerfile.dockerignore');
  for (const source of new Set(copiedSources(readText('docker/Dockerfile')))) {
    const filter = (from: string): boolean => {
      const file = path.relative(ROOT, from);
      return fs.statSync(from).isDirectory() ? !file.endsWith('node_modules') : !isIgnored(file, dockerignore);
    };
    fs.cpSync(path.join(ROOT, source), path.join(folder, source), { recursive: true, filter });
  }
}

/** Whether a path of the build context is left out: the last pattern that names it or a folder above it decides. */
export function isIgnored(file: string, dockerignore: string): boolean {
  let ignored = false;
  for (const line of dockerignore.split('\n')) {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) continue;
    const admits = pattern.startsWith('!');
    if (asExpression(admits ? pattern.slice(1) : pattern).test(file)) ignored = !admits;
  }
  return ignored;
}

function asExpression(pattern: string): RegExp {
  const body = pattern
    .split('/')
    .map((part) => (part === '**' ? '**' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')))
    .join('/')
    .replaceAll('**/', '(?:.*/)?');
  return new RegExp(`^${body}(?:/.*)?$`);
}
