import type { MessageContract } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { EventPattern } from '@nestjs/microservices';
import type { Envelope, ReadableContract } from './envelope.ts';

/** The new messages of one partition, in order, and the transaction in which they take effect and are marked as seen. */
export interface MessageBatch<P = unknown> {
  readonly tx: Tx;
  readonly messages: readonly Envelope<P>[];
}

export interface MessageBatchHandlerOptions {
  /** `<service>.<what it keeps>`; unique, and never changed: it is the group at the log and the consumer in the inbox. */
  readonly consumer: string;
  /** The messages it takes, all of one topic. Others on the topic are not for it. */
  readonly contracts: readonly ReadableContract[];
  /** Most messages in one batch; 200 when not given. */
  readonly maxBatch?: number;
  readonly partitionsConcurrently?: number;
  readonly fetchMinBytes?: number;
}

/** What the strategy finds on a handler. */
export interface HandlerExtras {
  readonly jinku: MessageBatchHandlerOptions;
}

const failures = new WeakMap<MessageBatch, { error: unknown }>();

/**
 * Marks the method of a `@Controller()` that handles a consumer's messages of one topic. It runs inside `batch.tx` and fails by
 * throwing.
 */
export function MessageBatchHandler(options: MessageBatchHandlerOptions): MethodDecorator {
  const topics = [...new Set(options.contracts.map((contract) => contract.topic))];
  const [topic] = topics;
  if (topic === undefined || topics.length > 1) throw new Error(`${options.consumer} takes messages of one topic, not ${topics.length}`);
  return (target: object, property: string | symbol, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as (batch: MessageBatch, ...rest: unknown[]) => Promise<void>;
    // Nest answers an unknown error with an opaque one; deciding whether to retry needs the error itself.
    const keepingFailure = async function (this: unknown, batch: MessageBatch, ...rest: unknown[]): Promise<void> {
      try {
        await method.call(this, batch, ...rest);
      } catch (error) {
        failures.set(batch, { error });
      }
    };
    for (const key of Reflect.getMetadataKeys(method) as string[]) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), keepingFailure);
    }
    Object.defineProperty(keepingFailure, 'name', { value: method.name });
    descriptor.value = keepingFailure;
    const extras: HandlerExtras = { jinku: options };
    EventPattern(topic, extras)(target, property, descriptor as TypedPropertyDescriptor<(batch: object) => unknown>);
  };
}

/** Throws what the handler of this batch threw. */
export function rethrowFailure(batch: MessageBatch): void {
  const failure = failures.get(batch);
  if (failure !== undefined) throw failure.error;
}

/** The messages of one contract, in order, with its type. */
export function messagesOf<P>(batch: MessageBatch, contract: Pick<MessageContract<P>, 'name' | 'schema'>): Envelope<P>[] {
  return batch.messages.filter((message) => message.type === contract.name) as Envelope<P>[];
}
