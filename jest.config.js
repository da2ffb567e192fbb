/** One configuration for every suite. `jest --selectProjects unit` touches nothing outside the process; `integration` and `scenarios` do. */
const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@jinku/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2024',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.jinku/'],
};

export default {
  watchman: false,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/*/src/**/*.spec.ts'], testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', 'apps/scenarios/'] },
    {
      ...shared,
      displayName: 'integration',
      setupFilesAfterEnv: ['<rootDir>/libs/testing/src/patience.ts'],
      testMatch: ['<rootDir>/{apps,libs}/*/src/**/*.int.spec.ts'],
      testPathIgnorePatterns: ['apps/scenarios/'],
      globalSetup: '<rootDir>/libs/testing/src/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/global-teardown.ts',
    },
    {
      ...shared,
      displayName: 'scenarios',
      testMatch: ['<rootDir>/apps/scenarios/src/**/*.scenario.ts'],
      // A story that only one profile can tell names it: `redis-flushed.cluster.scenario.ts`.
      testPathIgnorePatterns: [process.env['JINKU_SCENARIO_PROFILE'] === 'cluster' ? '\\.embedded\\.scenario\\.ts$' : '\\.cluster\\.scenario\\.ts$'],
    },
  ],
};
