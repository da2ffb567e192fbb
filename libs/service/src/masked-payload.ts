const PLAIN_TEXTS = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^-?\d{1,13}\.\d{2}$/,
  /^\d{4}-\d{2}-\d{2}(T[\d:.]{5,15}(Z|[+-]\d{2}:\d{2}))?$/,
  /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/,
];
const PLAIN_TEXT_LENGTH_MAX = 64;
const PLAIN_NUMBER_MAX = 1_000_000;
const MASK = '***';

/**
 * A message as operators may see it. Only what cannot be a person's is left as it is: ids, amounts, instants, words of closed vocabularies, small
 * numbers. Everything else, names of fields apart, is masked; what cannot be read is shown by its length alone.
 */
export function maskedPayload(body: string): unknown {
  try {
    return masked(JSON.parse(body));
  } catch (error) {
    if (error instanceof SyntaxError) return `${MASK} (${body.length} characters that are not JSON)`;
    throw error;
  }
}

function masked(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.abs(value) <= PLAIN_NUMBER_MAX ? value : MASK;
  if (typeof value === 'string') return value.length <= PLAIN_TEXT_LENGTH_MAX && PLAIN_TEXTS.some((pattern) => pattern.test(value)) ? value : MASK;
  if (Array.isArray(value)) return value.map(masked);
  return Object.fromEntries(Object.entries(value as object).map(([name, field]) => [name, masked(field)]));
}
