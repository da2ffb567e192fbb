import { CATALOGUE, comesFromOutside } from '@jinku/contracts';
import type { ServiceDescription } from '@jinku/service';
import { z } from 'zod';
import { fieldsOf } from './fields.ts';
import { code, page, table } from './markdown.ts';

type Contract = (typeof CATALOGUE)[number];

/** Who reads what no consumer of ours reads: messages for outside systems. */
const READ_OUTSIDE: Readonly<Record<string, string>> = {
  'payouts.payout-results-reported.v1': 'clients of the treasury',
  'ledger.balance-threshold-crossed.v1': 'whoever watches balances',
};

export function messagesPage(services: readonly ServiceDescription[]): string {
  const consumers = (contract: Contract): string[] => [...consumersOf(contract, services).map(code), ...(READ_OUTSIDE[contract.name] === undefined ? [] : [READ_OUTSIDE[contract.name] ?? ''])];
  const overview = table(
    ['message', 'topic', 'published by', 'consumed by'],
    CATALOGUE.map((contract) => [`[${contract.name}](#${anchorOf(contract.name)})`, code(contract.topic), publisherOf(contract), consumers(contract).join(', ')]),
  );
  const introduction =
    'Every message, from `CATALOGUE` in [libs/contracts](../libs/contracts/README.md) and the consumers of the services. The same as AsyncAPI: [asyncapi.json](api/asyncapi.json).';
  return page('Messages', introduction, [overview, ...CATALOGUE.map((contract) => sectionOf(contract, consumers(contract)))]);
}

/** The consumers of all services that take this message. */
export function consumersOf({ name }: Pick<Contract, 'name'>, services: readonly ServiceDescription[]): string[] {
  return services.flatMap((service) => service.consumers.filter(({ contracts }) => contracts.some((taken) => taken.name === name)).map(({ consumer }) => consumer));
}

/** Whether somebody reads it who is not one of our services. */
export function isReadOutside({ name }: Pick<Contract, 'name'>): boolean {
  return READ_OUTSIDE[name] !== undefined;
}

function publisherOf(contract: Contract): string {
  return comesFromOutside(contract) ? 'clients of the treasury' : code(contract.name.split('.')[0] ?? '');
}

function sectionOf(contract: Contract, consumers: readonly string[]): string {
  const schema = z.toJSONSchema(contract.schema, { io: 'input', unrepresentable: 'any' }) as Parameters<typeof fieldsOf>[0];
  const facts = table(
    ['topic', 'audience', 'published by', 'consumed by', 'key, as in the example'],
    [[code(contract.topic), contract.audience.toLowerCase(), publisherOf(contract), consumers.join(', '), code(contract.key(contract.example))]],
  );
  const fields = table(
    ['field', 'type', 'must be there', 'rule'],
    fieldsOf(schema).map(({ path, type, isRequired, rule }) => [code(path), type, isRequired ? 'yes' : 'no', rule]),
  );
  const example = `\`\`\`json\n${JSON.stringify(contract.example, null, 2)}\n\`\`\``;
  return [`## ${contract.name}`, contract.sentence, facts, fields, example].join('\n\n');
}

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
}
