import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../commands/app-process.ts';
import type { Variables } from '../stack/environment.ts';
import { CHECKOUT } from '../stack/checkout.ts';
import type { ClusterTools } from './cluster-tools.ts';
import { countsOf, type Counts, type JestReport } from './verdict.ts';

export interface Step {
  readonly name: string;
  run(tools: ClusterTools): Promise<Counts>;
}

/** Programs from node_modules, run by the Node that runs us. */
const PROGRAMS = {
  eslint: 'eslint/bin/eslint.js',
  knip: 'knip/bin/knip.js',
  tsc: 'typescript/bin/tsc',
  jest: 'jest/bin/jest.js',
  nx: 'nx/dist/bin/nx.js',
  dclint: 'dclint/bin/dclint.cjs',
  dockerfilelint: 'dockerfilelint/bin/dockerfilelint',
} as const;

export const STEPS: readonly Step[] = [
  { name: 'lint', run: lint },
  { name: 'types', run: types },
  { name: 'unit', run: () => runJest('unit', { projects: ['unit'] }) },
  { name: 'integration', run: () => runJest('integration', { projects: ['integration'] }) },
  { name: 'scenarios-embedded', run: () => runJest('scenarios-embedded', { projects: ['scenarios'], variables: { JINKU_SCENARIO_PROFILE: 'embedded' } }) },
  {
    name: 'scenarios-cluster',
    run: async ({ missing }) =>
      missing.length > 0 ? { passed: 0, failed: 0 } : await runJest('scenarios-cluster', { projects: ['scenarios'], variables: { JINKU_SCENARIO_PROFILE: 'cluster' } }),
  },
];

async function lint(): Promise<Counts> {
  // The import rules read Nx's graph, which may be older than the files, and are skipped without one.
  const graph = await program('nx', ['show', 'projects'], { NX_DAEMON: 'false', NX_NO_CLOUD: 'true' });
  const eslint = await program('eslint', ['.', '--max-warnings', '0'], { NX_DAEMON: 'false' });
  const knip = await program('knip', []);
  const compose = await program('dclint', ['docker-compose.yml', '--config', 'deploy/docker/dclint.json', '--max-warnings', '0']);
  const dockerfile = await program('dockerfilelint', ['deploy/docker/Dockerfile']);
  return asOneTest([graph, eslint, knip, compose, dockerfile].every((exitCode) => exitCode === 0));
}

async function types(): Promise<Counts> {
  const build = await program('tsc', ['-b', 'tsconfig.json']);
  const specs = await program('tsc', ['--noEmit', '-p', 'tsconfig.spec.json']);
  return asOneTest(build === 0 && specs === 0);
}

export interface JestRun {
  readonly projects: readonly ('unit' | 'integration' | 'scenarios')[];
  readonly args?: readonly string[];
  readonly variables?: Variables;
}

export async function runJest(name: string, run: JestRun): Promise<Counts> {
  return (await runJestForReport(name, run)).counts;
}

export async function runJestForReport(name: string, { projects, args = [], variables = {} }: JestRun): Promise<{ counts: Counts; report: JestReport | null }> {
  const reportFile = join(tmpdir(), `jinku-test-${process.pid}-${name}.json`);
  const config = join(CHECKOUT, 'jest.config.js');
  const workers = projects.includes('scenarios') ? ['--runInBand'] : ['--maxWorkers=2'];
  const reporting = ['--passWithNoTests', '--json', '--outputFile', reportFile, '--forceExit'];
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [pathOf('jest'), '--config', config, '--selectProjects', ...projects, ...reporting, ...workers, ...args];
  try {
    const exitCode = await runCommand(process.execPath, [...node, ...jest], { ...variables, NODE_ENV: 'test' });
    const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport) : null;
    return { counts: countsOf(report, exitCode), report };
  } finally {
    rmSync(reportFile, { force: true });
  }
}

async function program(name: keyof typeof PROGRAMS, args: readonly string[], variables: Variables = {}): Promise<number> {
  return await runCommand(process.execPath, [pathOf(name), ...args], variables);
}

function pathOf(name: keyof typeof PROGRAMS): string {
  return join(CHECKOUT, 'node_modules', PROGRAMS[name]);
}

function asOneTest(hasPassed: boolean): Counts {
  return hasPassed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
