import { LogUnavailable } from '../message-log.ts';

/** Rejects with LogUnavailable when the work fails or is not done in time; kafkajs itself may go on trying. */
export async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
      }),
    ]);
  } catch (error) {
    throw new LogUnavailable(error);
  } finally {
    clearTimeout(timer);
    // When the deadline came first, the late failure of the work has nobody left to tell.
    work.catch(() => undefined);
  }
}
