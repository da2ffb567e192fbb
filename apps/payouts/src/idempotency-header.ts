/** How the header stands in the API's document. The gateway and each write demand it. */
export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: true,
  description: '8 to 128 visible characters. The same key with the same content answers as the first time; with other content it is refused.',
} as const;

/** For writes that are the same when they are done twice: the key is demanded as of every write, and decides nothing. */
export const IDEMPOTENCY_KEY_UNUSED = {
  name: 'Idempotency-Key',
  required: true,
  description: '8 to 128 visible characters, as of every write. What is asked for names itself, so repeating it changes nothing, whatever the key.',
} as const;
