import type { RefusalDefinition } from '@jinku/errors';
import { STATUS_OF_KIND } from '@jinku/service';
import { code, page, table } from './markdown.ts';

/** One closed list of refusals and the folder it stands in, such as `apps/payouts`. */
export interface RefusalList {
  readonly folder: string;
  readonly definitions: Readonly<Record<string, RefusalDefinition>>;
}

/** Lists that stand in libs belong to whoever uses the lib. */
const TITLES: Readonly<Record<string, string>> = {
  'libs/errors': 'Every service',
  'libs/approvals': 'Decisions by more than one person',
  'libs/messaging': 'Parked messages',
};

export function errorsPage(lists: readonly RefusalList[]): string {
  const folders = [...new Set(lists.map(({ folder }) => folder))].sort((a, b) => Number(b === 'libs/errors') - Number(a === 'libs/errors') || (a < b ? -1 : 1));
  const introduction = [
    'What is refused is answered with a problem document (RFC 9457, `application/problem+json`): `code` is one of these and never changes its meaning, `detail` adds what this',
    'occurrence adds, and `violations` names each field and the rule it breaks. Send again only what is marked so. Anything that is no refusal is a defect: 500 `INTERNAL_ERROR`, logged',
    'under its `correlationId`.',
  ].join('\n');
  return page('Refusals', introduction, folders.map((folder) => sectionOf(folder, lists.filter((list) => list.folder === folder))));
}

function sectionOf(folder: string, lists: readonly RefusalList[]): string {
  const rows = lists
    .flatMap(({ definitions }) => Object.entries(definitions))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { kind, sentence }]) => [code(name), String(STATUS_OF_KIND[kind]), kind === 'UNAVAILABLE' || kind === 'TOO_MANY' ? 'yes' : 'no', sentence]);
  return `## ${TITLES[folder] ?? folder.replace('apps/', '')}\n\n${table(['code', 'status', 'send again', 'meaning'], rows)}`;
}
