import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

/** Who may import whom: `docs/architecture.md` explains it; `test/lint-rules.spec.ts` proves that each rule can fail. */
const allow = (scope, ...libs) => ({
  sourceTag: `scope:${scope}`,
  onlyDependOnLibsWithTags: [`scope:${scope}`, ...libs.map((lib) => `scope:${lib}`)],
});
const FOUNDATION = ['platform', 'database', 'tenancy', 'audit'];
const depConstraints = [
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib'] },
  allow('platform'),
  allow('local-services', 'platform'),
  allow('database', 'platform'),
  allow('tenancy', 'platform', 'database'),
  allow('audit', 'platform', 'database', 'tenancy'),
  allow('delivery', ...FOUNDATION),
  allow('mapping-engine', 'platform'),
  allow('mapping-store', ...FOUNDATION, 'mapping-engine'),
  allow('connector-sdk', 'platform'),
  allow('connector-providers', 'platform', 'connector-sdk'),
  allow('contract-suite', 'platform', 'connector-sdk'),
  allow('connections', ...FOUNDATION, 'connector-sdk'),
  allow('sync', ...FOUNDATION, 'connector-sdk'),
  allow('alerts', ...FOUNDATION),
  allow('webhooks', ...FOUNDATION),
  allow('archive', ...FOUNDATION),
  allow('api-client'),
  allow('testing', 'platform', 'database', 'local-services'),
  allow('audit-verifier'),
  allow('portal', 'api-client', 'audit-verifier'),
  allow('sandbox', 'platform'),
  allow('launcher', ...FOUNDATION, 'local-services', 'api-client'),
  allow(
    'api',
    ...FOUNDATION,
    'delivery',
    'mapping-engine',
    'mapping-store',
    'connector-sdk',
    'connector-providers',
    'connections',
    'sync',
    'alerts',
    'archive',
    'webhooks',
  ),
  allow(
    'worker',
    ...FOUNDATION,
    'delivery',
    'mapping-engine',
    'mapping-store',
    'connector-sdk',
    'connector-providers',
    'connections',
    'sync',
    'alerts',
    'archive',
    'webhooks',
  ),
];
/** Specs compose freely: they may reach the test helpers, the services and whatever the subject is composed with. */
const specConstraints = [{ sourceTag: '*', onlyDependOnLibsWithTags: ['type:lib'] }];
/** What whole-hub specs share. It is no library: nothing but specs may use it. */
const SPEC_SUPPORT = [2, 3, 4, 5, 6, 7].map((depth) => `${'../'.repeat(depth)}test/support/**`);

const boundaries = (constraints, allow = []) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow,
    banTransitiveDependencies: false,
    depConstraints: constraints,
    // Specs of what the test helpers are made of use those helpers too. Sources cannot: nobody's constraints admit `testing`.
    ignoredCircularDependencies: ['platform', 'database', 'local-services'].map((lib) => ['testing', lib]),
  },
];

/** A forbidden import, as a regular expression on the specifier: it holds for `import`, `export … from` and `import()`. */
const noBullmq = {
  regex: '^(bullmq|@nestjs/bullmq)(/|$)',
  message: 'bullmq belongs to platform/queue alone.',
};
const noDeepImport = { regex: '^@hub/[^/]+/', message: 'Import a library through its index only.' };
const noFrameworks = {
  regex: '^(@nestjs/|typeorm(/|$)|bullmq(/|$))',
  message: 'This library is pure: no Nest, TypeORM or BullMQ.',
};
const ENV_MESSAGE = 'process.env is read in platform/config alone.';
const noProcessModule = { regex: '^(node:)?process$', message: `Use the global process; ${ENV_MESSAGE}` };

/** ESLint merges no rule of two blocks: each block states all that it forbids. */
const restrict = ({ imports, processEnv }) => {
  const patterns = processEnv ? imports : [...imports, noProcessModule];
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\/')}/]`,
    message,
  }));
  const hiddenEnv = {
    selector: "MemberExpression[object.property.name='process'][property.name='env']",
    message: ENV_MESSAGE,
  };
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', ...dynamic, ...(processEnv ? [] : [hiddenEnv])],
    'no-restricted-properties': processEnv
      ? 'off'
      : ['error', { object: 'process', property: 'env', message: ENV_MESSAGE }],
  };
};
const SPECS = [
  '**/*spec.ts',
  '**/fixtures/**/*.ts',
  'apps/*/e2e/**/*.ts',
  'libs/testing/**',
  'libs/*/src/testing/**',
  'test/**/*.ts',
  'bench/**',
];

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      '.nx',
      '.hub',
      '.cache',
      'coverage',
      'libs/api-client/src/generated',
      'test/lint-fixtures',
      'openapi',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    files: ['**/*.ts', '**/*.tsx'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(depConstraints),
      ...restrict({ imports: [noBullmq, noDeepImport], processEnv: false }),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  // Nest reads constructor parameter types at run time: a type-only import there would break injection.
  { files: ['apps/{api,worker}/src/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  {
    files: ['libs/mapping/engine/**/*.ts', 'libs/connectors/{sdk,providers,contract-suite}/**/*.ts'],
    rules: restrict({ imports: [noFrameworks, noDeepImport], processEnv: false }),
  },
  {
    files: ['libs/platform/src/queue/**/*.ts'],
    rules: restrict({ imports: [noDeepImport], processEnv: false }),
  },
  {
    files: ['libs/platform/src/config/**/*.ts'],
    rules: restrict({ imports: [noBullmq, noDeepImport], processEnv: true }),
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(specConstraints, SPEC_SUPPORT),
      ...restrict({ imports: [noDeepImport], processEnv: true }),
      'max-lines': ['error', { max: 800, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['apps/portal/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: {
      parserOptions: { project: './apps/portal/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    // Promises of event handlers end in the state of their mutation.
    rules: {
      ...reactHooks.configs.recommended.rules,
      // There is no compiler here whose work the list's hook could stand in the way of.
      'react-hooks/incompatible-library': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // The router's way to lead elsewhere.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  { files: ['apps/launcher/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        __filename: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
);
