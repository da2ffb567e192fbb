import { beforeAll, expect, test } from '@jest/globals';
import { CATALOGUE, comesFromOutside } from '@jinku/contracts';
import { describeService, type ServiceDescription } from '@jinku/service';
import { readIfThere, refusalLists, sourceFiles } from './reference/checkout-files.ts';
import { consumersOf, isReadOutside } from './reference/messages-page.ts';
import { services } from './services.ts';

const names = services.map(({ name }) => name);
/** The simulator is run like a service and documented like one. */
const documented = [...names, 'rail-simulator'];
const described: ServiceDescription[] = [];
const sources = sourceFiles();

beforeAll(async () => {
  for (const service of services) described.push(await describeService(service, names));
});

test.each(documented)('%s has its README, its committed schema and its one file of settings', (app) => {
  const present = ['README.md', 'schema.sql', 'src/config.ts', 'src/main.ts', 'src/migrate.ts'].filter((file) => readIfThere(`apps/${app}/${file}`) !== null);

  expect(present).toEqual(['README.md', 'schema.sql', 'src/config.ts', 'src/main.ts', 'src/migrate.ts']);
});

test.each(documented)('the README of %s tells of its tables, its invariants and what to do at 3 a.m.', (app) => {
  expect(headingsOf(app)).toEqual(expect.arrayContaining(['Tables', 'Invariants', 'At 3 a.m.']));
});

test.each(names)('the README of %s names every message it publishes and consumes', (name) => {
  const own = CATALOGUE.filter((contract) => contract.name.startsWith(`${name}.`));
  const taken = CATALOGUE.filter((contract) => consumersOf(contract, described.filter((service) => service.name === name)).length > 0);
  const readme = readIfThere(`apps/${name}/README.md`) ?? '';

  expect(headingsOf(name)).toContain('Messages');
  expect([...own, ...taken].map((contract) => contract.name).filter((message) => !readme.includes(`\`${message}\``))).toEqual([]);
});

test.each(names)('the README of %s explains every state of its state machines', (name) => {
  const machines = [...sources].filter(([file, text]) => file.startsWith(`apps/${name}/`) && text.includes('= stateMachine')).map(([, text]) => text);
  const states = machines.flatMap((text) => [...text.matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map(([, state = '']) => state));
  const readme = readIfThere(`apps/${name}/README.md`) ?? '';

  expect([...new Set(states)].filter((state) => !readme.includes(`\`${state}\``) && !new RegExp(`\\b${state}\\b`).test(readme))).toEqual([]);
});

test('every app and lib has a README', () => {
  const folders = [...new Set([...sources.keys()].map((file) => file.split('/').slice(0, 2).join('/')))];

  expect(folders.filter((folder) => readIfThere(`${folder}/README.md`) === null)).toEqual([]);
});

test('every message is consumed by a service, or read by outside systems and declared so', () => {
  const unread = CATALOGUE.filter((contract) => consumersOf(contract, described).length === 0 && !isReadOutside(contract));

  expect(unread.map(({ name }) => name)).toEqual([]);
});

test('every message that is consumed is in the catalogue, on the topic it has there', () => {
  const taken = described.flatMap(({ consumers }) => consumers.flatMap(({ contracts }) => contracts.map(({ name, topic }) => `${name} on ${topic}`)));

  expect(CATALOGUE.map(({ name, topic }) => `${name} on ${topic}`)).toEqual(expect.arrayContaining([...new Set(taken)]));
});

test('no two consumers have one name, and each has the name of its service first', () => {
  const consumers = described.flatMap(({ name, consumers: own }) => own.map(({ consumer }) => ({ name, consumer })));

  expect(new Set(consumers.map(({ consumer }) => consumer)).size).toBe(consumers.length);
  expect(consumers.filter(({ name, consumer }) => !consumer.startsWith(`${name}.`))).toEqual([]);
});

test('every message is put into the outbox by the service in its name, or comes from outside', () => {
  const unpublished = CATALOGUE.filter((contract) => !comesFromOutside(contract) && !isPublished(contract.name));

  expect(unpublished.map(({ name }) => name)).toEqual([]);
});

test('a refusal\'s code means one thing within a service, is not one of the general codes, and is thrown somewhere', async () => {
  const lists = await refusalLists();
  const codesIn = (folder: string): string[] => lists.filter((list) => list.folder === folder).flatMap(({ definitions }) => Object.keys(definitions));
  const general = codesIn('libs/errors');
  const folders = [...new Set(lists.map(({ folder }) => folder))];
  const text = [...sources].filter(([file]) => !file.startsWith('apps/treasury/')).map(([, source]) => source).join('\n');

  for (const folder of folders) {
    const codes = codesIn(folder);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index || (folder !== 'libs/errors' && general.includes(code)))).toEqual([]);
    expect(codes.filter((code) => !new RegExp(`REFUSALS\\.${code}\\b|['"]${code}['"]`).test(text))).toEqual([]);
  }
});

test('nothing is left for later', () => {
  const later = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);

  expect([...sources].filter(([, text]) => later.test(text)).map(([file]) => file)).toEqual([]);
});

function headingsOf(app: string): string[] {
  return [...(readIfThere(`apps/${app}/README.md`) ?? '').matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
}

/** Whether the owner's code hands the contract to its outbox: `outbox.add(tx, attemptsConcludedV1, …)`. */
function isPublished(name: string): boolean {
  const [owner = '', noun = '', version = ''] = name.split('.');
  const contract = `${noun.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}${version.toUpperCase()}`;
  const call = new RegExp(`outbox\\.add(Many)?\\(\\s*\\w+,\\s*${contract}\\b`);
  return [...sources].some(([file, text]) => file.startsWith(`apps/${owner}/src/`) && call.test(text));
}
