import type { Clock } from '@jinku/calendar';
import type { MessageContract } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { envelopeHeaders, type MessageContext } from './envelope.ts';
import { uuidv7 } from './message-id.ts';
import { joinTexts, RECORD_SEPARATOR } from './record-text.ts';

/** What every log takes in one record; a larger message would stop its relay for ever, so it is refused where it is written. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

export interface OutboxOptions {
  /** The service; the messages' source is `/jinku/<service>`. */
  readonly source: string;
  readonly clock: Clock;
  /** Called after the commit of a transaction that wrote messages: the relay's doorbell. */
  readonly wake?: () => void;
  /** The context of the request or message being handled, for those who give none. */
  readonly currentContext?: () => MessageContext | undefined;
}

/** Every message is written with the change that it tells of, in one transaction; the relay publishes it after the commit. */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  async add<P>(tx: Tx, contract: MessageContract<P>, payload: P, context?: MessageContext): Promise<void> {
    await this.addMany(tx, contract, [payload], context);
  }

  /** One statement for all of them; published in this order where their keys are the same. */
  async addMany<P>(
    tx: Tx,
    contract: MessageContract<P>,
    payloads: readonly P[],
    context?: MessageContext | ((payload: P, index: number) => MessageContext),
  ): Promise<void> {
    if (payloads.length === 0) return;
    const { source, clock, wake, currentContext } = this.#options;
    const time = clock.now();
    const ids = payloads.map(() => uuidv7(clock.wallNow()));
    const keys = payloads.map((payload) => keyOf(contract, payload));
    const bodies = payloads.map((payload) => bodyOf(contract, payload));
    const headers = payloads.map((payload, index) =>
      JSON.stringify(
        envelopeHeaders({
          id: ids[index]!,
          type: contract.name,
          source: `/jinku/${source}`,
          time,
          subject: keys[index]!,
          context: (typeof context === 'function' ? context(payload, index) : context) ?? currentContext?.(),
        }),
      ),
    );
    await tx.execute(
      `INSERT INTO outbox_message (id, topic, type, message_key, headers, body)
       SELECT m.id, $2, $3, m.message_key, m.headers, m.body
       FROM ROWS FROM (unnest($1::uuid[]), unnest($4::text[]), string_to_table($5, $7), string_to_table($6, $7))
         WITH ORDINALITY AS m(id, message_key, headers, body, position)
       ORDER BY m.position`,
      [ids, contract.topic, contract.name, keys, joinTexts(headers), joinTexts(bodies), RECORD_SEPARATOR],
    );
    if (wake !== undefined) tx.afterCommit(wake);
  }
}

function keyOf<P>(contract: MessageContract<P>, payload: P): string {
  const key = contract.key(payload);
  if (key === '') throw new RangeError(`${contract.name} has an empty key`);
  return key;
}

function bodyOf<P>(contract: MessageContract<P>, payload: P): string {
  const body = JSON.stringify(payload);
  if (Buffer.byteLength(body) > MESSAGE_BYTES_MAX) throw new RangeError(`${contract.name} is larger than ${MESSAGE_BYTES_MAX} bytes`);
  return body;
}
