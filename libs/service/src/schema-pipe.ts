import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { invalidRequest, Refusal } from '@jinku/errors';

/** Checks what a request carries against the schema of its place, and refuses it field by field. */
@Injectable()
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues.flatMap(violationsOfIssue)) });
  }

  /** A parameter of the address is named by its name: its schema, which is about the value alone, knows none. */
  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      const { data } = metadata;
      if (data === undefined || !(error instanceof Refusal)) throw error;
      throw invalidRequest(error.violations.map(({ field, rule }) => ({ field: field === WHOLE ? data : `${data}.${field}`, rule })));
    }
  }
}

const WHOLE = 'body';

/** Standard Schema's issues; zod's say more about unknown fields, which are named one by one. */
function violationsOfIssue(issue: { readonly message: string; readonly path?: readonly unknown[] | undefined; readonly keys?: readonly string[] }): {
  field: string;
  rule: string;
}[] {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' && part !== null ? (part as { key: PropertyKey }).key : (part as PropertyKey)));
  const join = (parts: readonly PropertyKey[]): string =>
    parts.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`), '') || WHOLE;
  if (issue.keys !== undefined) return issue.keys.map((key) => ({ field: join([...path, key]), rule: 'is not a known field' }));
  return [{ field: join(path), rule: issue.message }];
}
