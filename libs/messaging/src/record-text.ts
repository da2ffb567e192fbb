/**
 * Texts travel to PostgreSQL as one parameter, joined by the record separator, which no JSON text can hold (RFC 7464): an array parameter
 * would be escaped and parsed character by character, which costs more than all the rest of an append.
 */
export const RECORD_SEPARATOR = '\x1e';

export function joinTexts(texts: readonly string[]): string {
  for (const text of texts) {
    const isJsonText = !text.includes(RECORD_SEPARATOR) && !text.includes('\0');
    if (!isJsonText) throw new RangeError('a message body holds a control character that JSON does not allow');
  }
  return texts.join(RECORD_SEPARATOR);
}
