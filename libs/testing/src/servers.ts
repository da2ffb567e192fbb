import { request } from 'node:http';
import { leaveOut, testRun } from './test-run.ts';

export interface TestKafka {
  readonly brokers: readonly string[];
}

export interface TestRedis {
  readonly url: string;
}

/**
 * The run's Kafka, started by the first who asks; specs share it, so they name their own topics and groups. Null when it cannot be had on
 * this machine: the spec then uses `describeWith`, and the run says in one line what it left out. With CI=true that is an error.
 */
export async function requireKafka(): Promise<TestKafka | null> {
  const address = await ask('kafka');
  return address === null ? null : { brokers: [address] };
}

/** The run's Redis, under the same terms. Specs share it, so they name their own keys and never flush it. */
export async function requireRedis(): Promise<TestRedis | null> {
  const address = await ask('redis');
  return address === null ? null : { url: address };
}

/** `describeWith(kafka)('on Kafka', () => …)`: the suite, or the same suite reported as skipped when its server was left out. */
export function describeWith(server: unknown): jest.Describe {
  return server === null ? describe.skip : describe;
}

async function ask(tool: string): Promise<string | null> {
  const answer = JSON.parse(await get(testRun().controlPort, tool)) as { address?: string; leftOut?: string };
  if (answer.address !== undefined) return answer.address;
  leaveOut(answer.leftOut ?? tool);
  return null;
}

/** Node's own client, because Kafka's first start may resolve its jars and take longer than fetch waits for a head. */
async function get(port: number, path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: `/${path}`, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    })
      .on('error', reject)
      .end();
  });
}
