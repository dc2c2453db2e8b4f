import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { API_NODE_FLAGS, KNOWN_SETTINGS, parseKeyring, parseSettings } from '@hub/platform';
import { migrateSettings } from '../../apps/api/src/migrate-settings';
import { apiSettings } from '../../apps/api/src/settings';
import { workerSettings } from '../../apps/worker/src/settings';
import { dependencies } from '../../package.json';
import {
  copiedSources,
  interpolate,
  isIgnored,
  readCompose,
  readEnvExample,
  readInstall,
  readText,
  ROOT,
  variablesOf,
} from './docker-files';
import { entryOf, HUB_SERVICES, importedPackages, packageOf, reachableFiles } from './image-programs';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  api: apiSettings,
  worker: workerSettings,
  migrate: migrateSettings,
};

/** Settings that the production shape leaves alone, each with the reason. */
const NOT_IN_COMPOSE: Readonly<Record<string, string>> = {
  HUB_EXIT_WITH_PARENT: 'for a parent that may be killed: a container has an init',
  HUB_MASTER_KEYS_FILE: 'in the place of HUB_MASTER_KEYS, where secrets are files',
  HUB_DB_QUEUE_URL: 'the queue of a machine without Redis',
  HUB_QUEUE_SCHEMA: 'the queue of a machine without Redis',
  HUB_QUEUE_ON_POSTGRES: 'the queue of a machine without Redis',
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly JsonSchema[];
}

function declared(schema: z.ZodType): string[] {
  const collect = (part: JsonSchema): string[] => [
    ...Object.keys(part.properties ?? {}),
    ...(part.allOf ?? []).flatMap(collect),
  ];
  return collect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).sort();
}

/** Where the pools stand whose size is no setting but a constant of the composition. */
const FIXED_POOLS = {
  api: { file: 'apps/api/src/infrastructure/infrastructure.module.ts', size: /\b[A-Z]+: (\d+)\b/g },
  worker: { file: 'apps/worker/src/databases.ts', size: /\bpoolSize: (\d+),/g },
} as const;

function fixedPoolsOf(name: keyof typeof FIXED_POOLS): number {
  const { file, size } = FIXED_POOLS[name];
  const sizes = [...readText(file).matchAll(size)].map((match) => Number(match[1]));
  if (sizes.length < 2) throw new Error(`the pools of ${name} are not in ${file} any more`);
  return sizes.reduce((sum, one) => sum + one);
}

/** `.env` as somebody fills it in: the example's own values, and something for what it leaves empty but needs. */
function filledIn(): Record<string, string> {
  const example = readEnvExample();
  const secrets = Object.keys(example).filter((name) => name.endsWith('_PASSWORD'));
  return {
    ...example,
    ...Object.fromEntries(secrets.map((name) => [name, randomBytes(24).toString('hex')])),
    HUB_MASTER_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    HUB_AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
    HUB_PUBLIC_URL: 'https://hub.example.com',
  };
}

describe('docker', () => {
  const compose = readCompose();
  const text = readText('docker/compose.yaml');
  const dockerfile = readText('docker/Dockerfile');
  const dockerignore = readText('docker/Dockerfile.dockerignore');
  const environmentOf = (name: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
        key,
        interpolate(String(value), filledIn()),
      ]),
    );

  describe('compose.yaml', () => {
    it.each(HUB_SERVICES)('starts a program that exists: %s', (name) => {
      const entry = entryOf(compose.services[name]?.command);
      expect(fs.existsSync(path.join(ROOT, entry.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
      expect(fs.existsSync(path.join(ROOT, entry))).toBe(true);
    });

    it('starts the API as the launcher does', () => {
      expect(compose.services['api']?.command).toEqual(expect.arrayContaining([...API_NODE_FLAGS]));
      const [, command = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
      expect(JSON.parse(command)).toEqual(compose.services['api']?.command);
    });

    it.each(HUB_SERVICES)('gives %s the settings that it declares, and no other', (name) => {
      const wanted = declared(SCHEMAS[name] as z.ZodType).filter((setting) => !(setting in NOT_IN_COMPOSE));
      expect(wanted.length).toBeGreaterThan(5);
      expect(Object.keys(compose.services[name]?.environment ?? {}).sort()).toEqual(wanted);
    });

    it.each(HUB_SERVICES)('gives %s values that it takes', (name) => {
      expect(parseSettings(SCHEMAS[name] as z.ZodType, environmentOf(name))).toMatchObject({ ok: true });
    });

    it.each(HUB_SERVICES)('could give %s another schema of the queue', (name) => {
      const environment = { ...environmentOf(name), HUB_QUEUE_SCHEMA: 'rings' };
      expect(parseSettings(SCHEMAS[name] as z.ZodType, environment)).toMatchObject({
        value: { HUB_QUEUE_SCHEMA: 'rings' },
      });
    });

    it('gives API and worker a keyring that opens, and each role its own login', () => {
      for (const name of ['api', 'worker']) {
        const environment = environmentOf(name);
        expect(parseKeyring(environment['HUB_MASTER_KEYS'] ?? '')).toMatchObject({ ok: true });
        for (const [setting, value] of Object.entries(environment)) {
          const role = /^HUB_DB_(\w+)_URL$/.exec(setting)?.[1]?.toLowerCase();
          if (role === undefined) continue;
          expect(new URL(value).username).toBe(`hub_${role}`);
          expect(new URL(value).pathname).toBe(`/${environmentOf('migrate')['HUB_DB_NAME']}`);
          expect(new URL(value).password).toMatch(/^[0-9a-f]{48}$/);
        }
      }
    });

    it('has no password of its own and starts without none', () => {
      for (const { name, kind } of variablesOf(text)) {
        if (/PASSWORD|KEYS/.test(name)) expect({ name, kind }).toEqual({ name, kind: 'needed' });
        else expect(kind).not.toBe('bare');
      }
      const example = readEnvExample();
      for (const [name, value] of Object.entries(example))
        if (/PASSWORD|KEYS/.test(name)) expect({ name, value }).toEqual({ name, value: '' });
      expect(() => interpolate(text, example)).toThrow('is not set');
    });

    it('reads, with the programs and the launcher, the variables that are known, and no other is', () => {
      const launcher = readText('apps/launcher/src/settings/launcher-settings.ts').match(/\bHUB_[A-Z_]+/g) ?? [];
      const read = [
        ...HUB_SERVICES.flatMap((name) => declared(SCHEMAS[name] as z.ZodType)),
        ...variablesOf(text).map(({ name }) => name),
        ...launcher,
      ];
      const names = new Set(read.filter((name) => name.startsWith('HUB_')));
      expect([...KNOWN_SETTINGS].sort()).toEqual([...names].sort());
    });

    it('and .env.example speak of the same variables', () => {
      expect(Object.keys(readEnvExample()).sort()).toEqual(
        [...new Set(variablesOf(text).map((variable) => variable.name))].sort(),
      );
    });

    it('has the production shape', () => {
      const { postgres, redis, migrate, api, worker } = compose.services;
      expect(Object.keys(compose.services).sort()).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
      expect([postgres?.image, redis?.image]).toEqual([
        expect.stringMatching(/^postgres:16\.\d+/),
        expect.stringMatching(/^redis:7\./),
      ]);
      expect(redis?.command?.join(' ')).toMatch(/--maxmemory-policy noeviction.*--appendonly yes/s);
      expect([api?.deploy?.replicas, worker?.deploy?.replicas]).toEqual([2, 2]);
      for (const service of [postgres, redis, api, worker])
        expect(service?.healthcheck?.test.length).toBeGreaterThan(1);
      for (const service of [api, worker])
        expect(service?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
      for (const service of [migrate, api, worker]) {
        expect(service).toMatchObject({
          read_only: true,
          cap_drop: ['ALL'],
          build: { context: '..', dockerfile: 'docker/Dockerfile' },
        });
      }
      for (const service of [postgres, redis]) {
        expect(service?.networks).toEqual(['data']);
        expect(service?.ports).toBeUndefined();
      }
      expect(compose.networks['data']?.internal).toBe(true);
    });

    it('names only services, networks and volumes that it has', () => {
      for (const service of Object.values(compose.services)) {
        for (const name of Object.keys(service.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(name);
        for (const name of service.networks) expect(Object.keys(compose.networks)).toContain(name);
        for (const volume of service.volumes ?? [])
          if (typeof volume === 'string') expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      }
    });

    it.each(['api', 'worker'])('shows %s the file of OAuth apps read-only, and only when there is one', (name) => {
      const { environment = {}, volumes = [] } = compose.services[name] ?? {};
      const seenWith = (file: string): { setting: string; source: string; target: string } => {
        const [mount] = volumes.filter((volume) => typeof volume !== 'string');
        if (mount === undefined) throw new Error('nothing is mounted');
        expect(mount).toMatchObject({ type: 'bind', read_only: true, bind: { create_host_path: false } });
        const filled = { ...filledIn(), HUB_OAUTH_APPS_FILE: file };
        return {
          setting: interpolate(environment['HUB_OAUTH_APPS_FILE'] ?? '', filled),
          source: interpolate(mount.source, filled),
          target: interpolate(mount.target, filled),
        };
      };
      const { target } = seenWith('./oauth-apps.json');
      expect(seenWith('./oauth-apps.json')).toEqual({ setting: target, source: './oauth-apps.json', target });
      expect(seenWith('')).toEqual({ setting: '', source: '/dev/null', target });
      // A read-only file system has no other place where a file could lie without being part of the image.
      expect(target).toMatch(/^\/run\//);
    });

    it('has room in PostgreSQL for the connections of all instances', () => {
      const [, sum] = /make (\d+);/.exec(text) ?? [];
      const own = Number(readEnvExample()['HUB_DB_POOL_SIZE']);
      const taken = (['api', 'worker'] as const).map(
        (name) => (own + fixedPoolsOf(name)) * (compose.services[name]?.deploy?.replicas ?? 1),
      );
      expect(Number(sum)).toBe(taken.reduce((one, other) => one + other));
      const [, most] = /max_connections=(\d+)/.exec(compose.services['postgres']?.command?.join(' ') ?? '') ?? [];
      expect(Number(most)).toBeGreaterThanOrEqual(Number(sum) + 20);
    });

    it('asks for health where the program answers', () => {
      const portOf = (name: string): string | undefined =>
        /127\.0\.0\.1:(\d+)\/health\/ready/.exec(compose.services[name]?.healthcheck?.test.join(' ') ?? '')?.[1];
      expect(portOf('api')).toBe(environmentOf('api')['HUB_PORT']);
      expect(portOf('worker')).toBe(environmentOf('worker')['HUB_METRICS_PORT']);
    });

    it('is taken by docker compose, where there is one', () => {
      if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
      const check = spawnSync(
        'docker',
        ['compose', '--file', path.join(ROOT, 'docker/compose.yaml'), 'config', '--quiet'],
        {
          env: { ...process.env, ...filledIn() },
          encoding: 'utf8',
        },
      );
      expect({ status: check.status, stderr: check.stderr }).toMatchObject({ status: 0 });
    });
  });

  describe('Dockerfile', () => {
    it('copies what is there and not left out', () => {
      const sources = [...new Set(copiedSources(dockerfile))];
      expect(sources).toContain('libs');
      for (const source of sources) {
        expect({ source, exists: fs.existsSync(path.join(ROOT, source)) }).toEqual({ source, exists: true });
        if (fs.statSync(path.join(ROOT, source)).isFile())
          expect({ source, ignored: isIgnored(source, dockerignore) }).toEqual({ source, ignored: false });
      }
    });

    it('runs as an ordinary user, with production packages alone, from a pinned line of Node.js', () => {
      const stages = dockerfile.split(/^FROM /m).slice(1);
      expect(stages.every((stage) => stage.startsWith('node:20-bookworm-slim'))).toBe(true);
      expect(stages.at(-1)).toMatch(/^USER node$/m);
      expect(stages.at(-1)?.match(/^COPY .*node_modules.*$/gm)).toEqual([
        'COPY --from=packages /hub/node_modules ./node_modules',
      ]);
      expect(readInstall().options).toContain('--omit=dev');
      expect(
        fs.existsSync(
          path.join(
            ROOT,
            entryOf(
              /^CMD (\[.*\])$/m
                .exec(dockerfile)
                ?.slice(1)
                .flatMap((list) => JSON.parse(list) as string[]),
            ),
          ),
        ),
      ).toBe(true);
    });

    it('holds every file and every package that its programs need', () => {
      const reached = reachableFiles();
      expect(reached.length).toBeGreaterThan(100);
      const left = reached.map((file) => path.relative(ROOT, file)).filter((file) => isIgnored(file, dockerignore));
      const names = importedPackages(reached).map(packageOf);
      expect(left).toEqual([]);
      expect(names.filter((name) => !(name in dependencies))).toEqual([]);
    });

    it('leaves out secrets, tests and what only development needs', () => {
      for (const file of [
        'docker/.env',
        'docker/oauth-apps.json',
        '.hub/secrets.json',
        '.git/config',
        'apps/sandbox/src/main.ts',
        'libs/testing/src/index.ts',
        'libs/delivery/src/drain/drain.int-spec.ts',
        'node_modules/pg/package.json',
      ]) {
        expect({ file, ignored: isIgnored(file, dockerignore) }).toEqual({ file, ignored: true });
      }
    });
  });
});
