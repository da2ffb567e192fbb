import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CATALOGUE } from '@jinku/contracts';
import { CHECKOUT } from '../stack/checkout.ts';
import { argumentReaders, commands } from './index.ts';

const PAGES = ['*.md', 'docs/**/*.md', '{apps,libs}/*/README.md', 'deploy/**/*.md', 'examples/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: CHECKOUT })).sort();
/** The script itself answers these. */
const OF_THE_SCRIPT = ['help', '--help', '--version'];

test('every command that a page names is one, and takes the arguments it is shown with', () => {
  const refused = PAGES.flatMap((page) => jinkuCommands(read(page)).flatMap((line) => complaintOf(line).map((complaint) => `${page}: \`${line}\`: ${complaint}`)));

  expect(refused).toEqual([]);
});

test('a command that does not exist and an option that no command has are found', () => {
  const page = '```sh\n./jinku fly --high\n./jinku up --clutser\n```\n\nsee `./jinku demo --requests many` and `./jinku logs` and `./jinku status [--json]`';

  expect(jinkuCommands(page).filter((line) => complaintOf(line).length > 0)).toEqual(['fly --high', 'up --clutser', 'demo --requests many']);
});

test('every command has its help, which begins with its usage', () => {
  const without = Object.keys(commands).filter((name) => !read(`apps/cli/help/${name}.txt`).startsWith(`Usage: ./jinku ${name}`));

  expect(without).toEqual([]);
  expect(Object.keys(argumentReaders)).toEqual(Object.keys(commands));
});

test('the two READMEs show the same commands', () => {
  expect(shellBlocks(read('README.zh-CN.md')).map(withoutComments)).toEqual(shellBlocks(read('README.md')).map(withoutComments));
});

test('every bench that a page names is in the list of benches', () => {
  const known = [...read('apps/bench/src/main.ts').matchAll(/^ {2}(\w+): \{ sentence: /gm)].map(([, name = '']) => name);
  const named = PAGES.flatMap((page) => jinkuCommands(read(page)).filter((line) => line.startsWith('bench ')).map((line) => line.split(' ')[1] ?? ''));

  expect([...new Set(named)].filter((name) => ![...known, 'list', 'NAME'].includes(name))).toEqual([]);
});

test('every link from page to page leads to a file', () => {
  const broken = PAGES.flatMap((page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target).filter((target) => !target.includes('://'));
    return links.filter((target) => !existsSync(join(CHECKOUT, dirname(page), target))).map((target) => `${page}: ${target}`);
  });

  expect(broken).toEqual([]);
});

test('every variable that a page names is one that some program reads', () => {
  const sources = [...['{apps,libs}/*/src/**/*.ts', 'jinku', 'docker-compose.yml'].flatMap((pattern) => globSync(pattern, { cwd: CHECKOUT }))].map(read).join('\n');
  const named = PAGES.flatMap((page) => [...read(page).matchAll(/\bJINKU_[A-Z]+(?:_[A-Z]+)*\b(?!_…|_<)/g)].map(([name]) => ({ page, name })));
  const unknown = named.filter(({ name }) => !sources.includes(name) && !/^JINKU_(ACCOUNTS|GATEWAY|LEDGER|PAYOUTS|QUOTAS)_(PORT|URL)$/.test(name));

  expect(unknown.map(({ page, name }) => `${page}: ${name}`)).toEqual([]);
});

test('every request that a page names is one that the gateway takes', () => {
  const { paths } = JSON.parse(read('docs/api/jinku.openapi.json')) as { paths: Record<string, Record<string, unknown>> };
  const known = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((verb) => new RegExp(`^${verb.toUpperCase()} ${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)),
  );
  const named = PAGES.flatMap((page) => [...read(page).matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/v1\/[^\s`?]+)[^`]*`/g)].map(([, verb, path]) => ({ page, request: `${verb} ${path}` })));
  const unknown = named.filter(({ request }) => !request.includes('…') && !known.some((pattern) => pattern.test(request)));

  expect(named.length).toBeGreaterThan(10);
  expect(unknown.map(({ page, request }) => `${page}: ${request}`)).toEqual([]);
});

test('every message that a page names is in the catalogue', () => {
  const known = CATALOGUE.map(({ name }) => name);
  const named = PAGES.flatMap((page) => [...read(page).matchAll(/\b[a-z]+\.[a-z]+(?:-[a-z]+)*\.v\d+\b/g)].map(([name]) => ({ page, name })));

  expect(named.filter(({ name }) => !known.includes(name)).map(({ page, name }) => `${page}: ${name}`)).toEqual([]);
});

test('every table that a page shows a statement about has the columns that it names', () => {
  const tables = read('docs/schema.md');
  const statements = PAGES.flatMap((page) => [...read(page).matchAll(/^(?:SELECT|UPDATE) [^;]*;/gm)].map(([statement]) => ({ page, statement })));
  const unknown = statements.filter(({ statement }) => {
    const [, service = '', table = ''] = /(?:FROM|UPDATE) (\w+)\.(\w+)/.exec(statement) ?? [];
    const section = tables.split(`\n## ${service}\n`)[1]?.split('\n## ')[0] ?? '';
    const columns = new RegExp(`^\\| \`${table}\` \\| ([^|]+) \\|`, 'm').exec(section)?.[1]?.replaceAll('*', '').split(', ') ?? [];
    const named = statement.replaceAll(/'[^']*'/g, '').match(/\b[a-z]+(?:_[a-z]+)*\b/g) ?? [];
    return columns.length === 0 || !named.every((word) => [...columns, service, table, 'encode', 'clock_timestamp'].includes(word));
  });

  expect(statements.length).toBeGreaterThan(0);
  expect(unknown.map(({ page, statement }) => `${page}: ${statement}`)).toEqual([]);
});

function read(file: string): string {
  return readFileSync(join(CHECKOUT, file), 'utf8');
}

/** What stands after `./jinku` in blocks and in running text. There a name alone speaks of the command, not of a call. */
function jinkuCommands(page: string): string[] {
  const inBlocks = shellBlocks(page).flatMap((block) => [...withoutComments(block).matchAll(/^\.\/jinku (.+)$/gm)].map(([, line = '']) => line.trim()));
  const prose = page.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const inText = [...prose.matchAll(/`(?:CI=true )?\.\/jinku ([^`]+)`/g)].map(([, line = '']) => line.trim()).filter((line) => line.includes(' ') || !Object.hasOwn(commands, line));
  return [...inBlocks, ...inText];
}

function shellBlocks(page: string): string[] {
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, language = '', block = '']) => (['', 'sh', 'bash'].includes(language) ? [block] : []));
}

function withoutComments(block: string): string {
  return block.replaceAll(/\s+#(?!\/).*$/gm, '').trim();
}

function complaintOf(line: string): string[] {
  // Brackets enclose what may be left out; a capital word stands for a name, N for a number.
  const [name = '', ...args] = line.replaceAll(/[[\]]/g, '').split(/\s+/).map((word) => (word === 'N' ? '1' : word));
  if (OF_THE_SCRIPT.includes(name) || name === 'COMMAND') return [];
  const reader = argumentReaders[name];
  if (reader === undefined) return ['there is no such command'];
  try {
    reader(args.filter((arg) => arg !== '--help'));
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
