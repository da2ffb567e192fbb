import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/*.builder.ts', '**/*.scenario.ts'];

const noBusinessTimeOfTheMachine = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Ask the injected Clock: Date.now() belongs to the clock alone.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the injected Clock: the present belongs to the clock alone.' },
  { selector: 'TemplateElement[value.raw=/\\b(now\\(\\)|current_timestamp)/i]', message: 'SQL takes $now as a parameter; the database has no say in business time.' },
  { selector: 'Literal[value=/\\b(now\\(\\)|current_timestamp)/i]', message: 'SQL takes $now as a parameter; the database has no say in business time.' },
];

/** Holds everywhere outside the specs. A file gets the patterns of one entry only, the last that fits it, so each layer repeats these. */
const testsOnly = [
  { group: ['@jinku/testing'], message: 'Only specs start test databases.' },
  { regex: '\\.builder\\.ts$', message: 'Builders make rows for specs; code that runs makes its own.' },
];

/** Forbids imports in a layer, by what they are and by which sibling folder they come from. */
function layer(folder, { packages = [], siblings = [], message }) {
  return {
    files: [`apps/*/src/**/${folder}/**/*.ts`],
    ignores: SPECS,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...testsOnly, { group: [...packages, ...siblings.flatMap((sibling) => [`**/${sibling}/**`, `../${sibling}/*`])], message }] },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.jinku/**', '.nx/**', 'jest.config.js', 'eslint.config.js', 'examples/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: ['./tsconfig.spec.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      // Loops over columns of one length index them without a branch that could never be taken.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', ...noBusinessTimeOfTheMachine],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          enforceBuildableLibDependency: false,
          ignoredCircularDependencies: [
            ['@jinku/testing', '@jinku/persistence'],
            ['@jinku/testing', '@jinku/infrastructure'],
            ['@jinku/persistence', '@jinku/infrastructure'],
          ],
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
            { sourceTag: 'type:composition', onlyDependOnLibsWithTags: ['type:lib', 'type:app'] },
            { sourceTag: 'layer:nest', onlyDependOnLibsWithTags: ['layer:nest', 'layer:pure'] },
            {
              sourceTag: 'layer:pure',
              onlyDependOnLibsWithTags: ['layer:pure', 'layer:nest'],
              bannedExternalImports: ['@nestjs/*', 'typeorm', 'bullmq', 'kafkajs', 'pg'],
            },
          ],
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['{apps,libs}/*/src/**/*.ts'],
    ignores: [...SPECS, 'libs/testing/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: testsOnly }] },
  },
  ...['http', 'messaging', 'jobs'].map((folder) =>
    layer(folder, { packages: ['typeorm', 'pg'], message: 'Rows are read in queries/ and written in persistence/.' }),
  ),
  layer('domain', {
    packages: ['@nestjs/*', 'typeorm', 'pg', '@jinku/persistence', '@jinku/messaging', '@jinku/service', '@jinku/jobs'],
    siblings: ['use-cases', 'queries', 'persistence', 'http', 'messaging', 'jobs'],
    message: 'domain/ is pure: values in, values out.',
  }),
  layer('use-cases', {
    packages: ['typeorm', '@nestjs/microservices', '@nestjs/platform-fastify', 'kafkajs'],
    siblings: ['http', 'messaging', 'jobs'],
    message: 'A use case knows domain and persistence, no transport.',
  }),
  layer('persistence', { siblings: ['use-cases', 'http', 'messaging', 'jobs'], message: 'persistence/ knows domain alone.' }),
  {
    files: ['**/*.ts'],
    ignores: [...SPECS, '**/main.ts', '**/migrate.ts', 'apps/cli/**', 'apps/bench/**', 'apps/scenarios/**', 'libs/testing/**', 'libs/infrastructure/**'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only main.ts and migrate.ts read the environment.' }] },
  },
  {
    files: ['libs/calendar/src/clock.ts', 'apps/rail-simulator/**', 'apps/cli/**', 'apps/checker/**', 'apps/bench/**', 'apps/scenarios/**', 'libs/infrastructure/**', 'libs/testing/**', ...SPECS],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: [...SPECS, '**/migrations/**', 'libs/contracts/src/**', '**/*.migration.ts'], rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' } },
);
