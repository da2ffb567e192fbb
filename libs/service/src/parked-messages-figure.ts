import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ParkedMessages } from '@jinku/messaging';
import { Database, DatabaseUnavailable } from '@jinku/persistence';
import { Metrics } from './metrics.ts';

/** Parked messages by consumer: anything above zero waits for a person. */
@Injectable()
export class ParkedMessagesFigure implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.lookedUpGauge('parked_messages', 'Messages that could not be handled and are not settled, by consumer', {
      labelNames: ['consumer'],
      lookUp: () => this.figures(),
    });
  }

  private async figures(): Promise<{ labels: { consumer: string }; value: number }[]> {
    try {
      const counts = await new ParkedMessages(this.database).unsettledByConsumer();
      return counts.map(({ consumer, messages }) => ({ labels: { consumer }, value: messages }));
    } catch (error) {
      // The other figures matter most when the database is away.
      if (error instanceof DatabaseUnavailable) return [];
      throw error;
    }
  }
}
