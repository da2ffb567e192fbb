import type { MessagingObservation, Observe } from '@jinku/messaging';
import type { Metrics } from './metrics.ts';

/** What the relay and the consumers of a service observe, as figures of its `/metrics`. */
export function messagingMetrics(metrics: Metrics): Observe {
  const relayed = metrics.counter('messages_relayed_total', 'Messages published from the outbox.');
  const relaySeconds = metrics.histogram('relay_seconds', 'Time of one batch of the outbox relay, by step.', ['step']);
  const relayFailures = metrics.counter('relay_failures_total', 'Batches of the outbox that could not be published and were tried again.');
  const handled = metrics.counter('messages_handled_total', 'Messages taken by a consumer, those seen before among them.', ['consumer']);
  const handleSeconds = metrics.histogram('handle_seconds', 'Time from reading a batch of messages to its commit.', ['consumer']);
  const ageSeconds = metrics.histogram('message_age_seconds', 'Time from writing the oldest message of a batch to its commit.', ['consumer']);
  const failures = metrics.counter('message_attempts_failed_total', 'Attempts at a batch of messages that were undone.', ['consumer']);
  const parked = metrics.counter('messages_parked_total', 'Messages put aside for an operator.', ['consumer']);

  return (observation: MessagingObservation): void => {
    switch (observation.kind) {
      case 'BATCH_RELAYED':
        relayed.inc(observation.messages);
        relaySeconds.observe({ step: 'read' }, observation.readMs / 1_000);
        relaySeconds.observe({ step: 'append' }, observation.appendMs / 1_000);
        relaySeconds.observe({ step: 'settle' }, observation.settleMs / 1_000);
        break;
      case 'RELAY_FAILED':
        relayFailures.inc();
        break;
      case 'BATCH_HANDLED':
        handled.inc({ consumer: observation.consumer }, observation.messages);
        handleSeconds.observe({ consumer: observation.consumer }, observation.handledMs / 1_000);
        ageSeconds.observe({ consumer: observation.consumer }, observation.ageMs / 1_000);
        break;
      case 'ATTEMPT_FAILED':
        failures.inc({ consumer: observation.consumer });
        break;
      case 'MESSAGES_PARKED':
        parked.inc({ consumer: observation.consumer }, observation.messages);
        break;
    }
  };
}
