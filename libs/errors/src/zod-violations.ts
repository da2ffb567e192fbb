import type { z } from 'zod';
import type { Violation } from './refusal.ts';

const VIOLATIONS_MAX = 50;

/** What a failed parse says, as field paths (`payouts[3].amount`) and rules; unknown fields are named one by one. */
export function violationsOf(error: z.ZodError, root = ''): Violation[] {
  return error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ field: fieldPath(root, [...issue.path, key]), rule: 'is not a known field' }))
        : [{ field: fieldPath(root, issue.path), rule: issue.message }],
    )
    .slice(0, VIOLATIONS_MAX);
}

function fieldPath(root: string, path: readonly PropertyKey[]): string {
  const joined = path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`),
    root,
  );
  return joined === '' ? 'body' : joined;
}
