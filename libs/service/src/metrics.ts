import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface LabelledFigure<L extends string> {
  readonly labels: Partial<Record<L, string>>;
  readonly value: number;
}

/** One registry per service. Labels are closed lists; an id is never a label. */
export class Metrics {
  readonly registry = new Registry();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  /** The process's own figures; asked for once per process, or each service of the embedded profile would pay for them. */
  collectProcessFigures(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name: `jinku_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name: `jinku_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  /** A figure that is looked up when it is asked for; consumers that have none any more are not shown. */
  lookedUpGauge<L extends string>(name: string, help: string, { labelNames, lookUp }: { labelNames: readonly L[]; lookUp: () => Promise<readonly LabelledFigure<L>[]> }): void {
    const gauge: Gauge<L> = new Gauge({
      name: `jinku_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: async () => {
        const figures = await lookUp();
        gauge.reset();
        for (const { labels, value } of figures) gauge.set(labels, value);
      },
    });
  }

  histogram<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Histogram<L> {
    return new Histogram({ name: `jinku_${name}`, help, labelNames: [...labelNames], buckets: LATENCY_BUCKETS_SECONDS, registers: [this.registry] });
  }
}
