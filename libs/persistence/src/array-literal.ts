const NEEDS_ESCAPE = /["\\]/;
const ESCAPED = /["\\]/g;

/**
 * A column of values as PostgreSQL's text of an array. The driver would do the same, element by element through its general conversion, which
 * took as long as writing the rows; nested arrays are left to it.
 */
export function arrayLiteral(values: readonly unknown[]): string | readonly unknown[] {
  let text = '{';
  for (let index = 0; index < values.length; index += 1) {
    const element = elementText(values[index]);
    if (element === null) return values;
    text += index === 0 ? element : `,${element}`;
  }
  return `${text}}`;
}

/** Null for what only the driver knows how to write. */
function elementText(value: unknown): string | null {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? `"${value.replace(ESCAPED, '\\$&')}"` : `"${value}"`;
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  return null;
}
