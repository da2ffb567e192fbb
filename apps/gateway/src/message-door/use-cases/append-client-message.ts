import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { CATALOGUE, type MessageContract } from '@jinku/contracts';
import { GENERAL_REFUSALS, invalidRequest, malformedJson } from '@jinku/errors';
import { envelopeHeaders, LogUnavailable, type LogRecord, type MessageLog } from '@jinku/messaging';
import { GroupCommit } from '@jinku/persistence';
import { verifyDetached } from '@jinku/security';
import { CLOCK, MESSAGE_LOG } from '@jinku/service';
import { ClientDirectory } from '../../client/client-directory.ts';
import { MESSAGE_REFUSALS } from '../message-refusals.ts';

const MESSAGES_PER_APPEND_MAX = 200;
const LINGER_MS = 2;
const APPENDS_MAX = 4;

export interface ClientMessage {
  readonly clientId: string;
  readonly topic: string;
  readonly type: string;
  /** The client's own; the same id sent again is the same message. */
  readonly messageId: string;
  readonly jws: string;
  readonly body: string;
  readonly traceparent: string | undefined;
}

/** A client's message goes to the log as if the client had sent it there itself; it is in it when this resolves. */
@Injectable()
export class AppendClientMessage {
  readonly #appends: GroupCommit<LogRecord, null>;

  constructor(
    private readonly clients: ClientDirectory,
    @Inject(MESSAGE_LOG) log: MessageLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#appends = new GroupCommit({
      itemsMax: MESSAGES_PER_APPEND_MAX,
      lingerMs: LINGER_MS,
      flushesMax: APPENDS_MAX,
      flush: async (records) => {
        await log.append(records);
        return records.map(() => null);
      },
    });
  }

  async execute(message: ClientMessage): Promise<void> {
    const contract = publicContract(message.topic, message.type);
    const verified = verifyDetached({ jws: message.jws, payload: message.body, keyOf: () => this.clients.keyOf(message.clientId) });
    if (!verified.valid) throw MESSAGE_REFUSALS.MESSAGE_NOT_SIGNED();
    const key = orderKey(contract, message.body);
    const headers = envelopeHeaders({
      id: message.messageId,
      type: contract.name,
      source: `/clients/${message.clientId}`,
      time: this.clock.now(),
      subject: key,
      context: {
        headers: { clientid: message.clientId, jws: message.jws },
        ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
      },
    });
    try {
      await this.#appends.submit({ topic: contract.topic, key, value: message.body, headers });
    } catch (error) {
      if (error instanceof LogUnavailable) throw GENERAL_REFUSALS.UNAVAILABLE({ detail: 'The message may or may not be in the log; send it again under the same id.', cause: error });
      throw error;
    }
  }
}

/** Messages that outside systems send: public, and named for another system than ours. */
function publicContract(topic: string, type: string): MessageContract<never> {
  const ofTopic = CATALOGUE.filter((contract) => contract.audience === 'PUBLIC' && contract.topic === topic && contract.topic.startsWith('settlement.'));
  if (ofTopic.length === 0) throw MESSAGE_REFUSALS.UNKNOWN_TOPIC();
  const contract = ofTopic.find((candidate) => candidate.name === type);
  if (contract === undefined) throw invalidRequest([{ field: 'x-message-type', rule: `is one of ${ofTopic.map((candidate) => candidate.name).join(', ')}` }]);
  return contract;
}

/**
 * Only what the log needs is looked at here: a message whose requests break rules is answered by `REJECTED` results, the same as on Kafka.
 */
function orderKey(contract: MessageContract<never>, body: string): string {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch (cause) {
    throw malformedJson(cause);
  }
  if (typeof data !== 'object' || data === null) throw invalidRequest([{ field: 'body', rule: 'is an object' }]);
  const key: unknown = contract.key(data as never);
  if (typeof key !== 'string' || key.length === 0 || key.length > 64) throw invalidRequest([{ field: 'messageKey', rule: 'is a text of 1 to 64 characters' }]);
  return key;
}
