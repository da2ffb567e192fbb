const TEXT_LENGTH_MAX = 64;

export type Fields = Readonly<Record<string, unknown>>;

export function parseObject(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : null;
  } catch {
    // JSON.parse throws only for what is not JSON.
    return null;
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= TEXT_LENGTH_MAX;
}

/** The text, null when it is absent, undefined when it is something else. */
export function optionalText(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  return isText(value) ? value : undefined;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The instant of epoch milliseconds or of an ISO text; null when it is none. */
export function instantOf(value: unknown): Date | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
