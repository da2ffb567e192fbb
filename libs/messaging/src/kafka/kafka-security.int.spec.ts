import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LogUnavailable } from '../message-log.ts';
import { record } from '../order-messages.builder.ts';
import { KAFKA_LOGIN, kafkaLibs, kafkaLog } from '../own-infrastructure.builder.ts';

jest.setTimeout(90_000);

const libs = await kafkaLibs();

(libs === null ? describe.skip : describe)('a broker that asks for a login', () => {
  let broker: Awaited<ReturnType<typeof kafkaLog>>;

  beforeAll(async () => {
    broker = await kafkaLog(libs!);
  }, 60_000);

  afterAll(async () => {
    await broker.stop();
  });

  test('takes the records of whom it knows', async () => {
    const log = broker.connectAs(KAFKA_LOGIN);
    try {
      expect(await log.append([record('orders.logins', 'O1', 1)])).toEqual([{ partition: expect.any(Number), offset: 0n }]);
    } finally {
      await log.close();
    }
  });

  test.each([
    ['a wrong password', { ...KAFKA_LOGIN, password: 'guessed' }],
    ['nobody\'s name', { ...KAFKA_LOGIN, username: 'nobody' }],
  ])('refuses %s, which is told as the log not being available', async (_, login) => {
    const log = broker.connectAs(login);
    try {
      await expect(log.append([record('orders.logins', 'O1', 1)])).rejects.toThrow(LogUnavailable);
    } finally {
      await log.close();
    }
  });
});
