import { expect, test } from '@jest/globals';
import { currentMessageContext, runInTrace, traceFrom, traceOfMessages } from './trace-context.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

const message = (id: string, correlationId: string) => ({ id, correlationId, traceparent: TRACEPARENT });

test('a request goes on with its caller\'s trace under a span of its own, and keeps the id that people quote', () => {
  const trace = traceFrom({ traceparent: TRACEPARENT, 'x-correlation-id': 'order-12345' });

  expect(trace.traceparent.slice(0, 35)).toBe(`00-${TRACE_ID}`);
  expect(trace.traceparent).not.toBe(TRACEPARENT);
  expect(trace.correlationId).toBe('order-12345');
});

test.each([{}, { traceparent: 'nonsense', 'x-correlation-id': 'a b' }, { traceparent: [TRACEPARENT, TRACEPARENT] }])('headers %j begin a new trace', (headers) => {
  const trace = traceFrom(headers);

  expect(trace.traceparent).not.toContain(TRACE_ID);
  expect(trace.correlationId).toBe(trace.traceparent.slice(3, 35));
});

test('what a handler writes follows from the message that it handles', () => {
  const context = runInTrace(traceOfMessages([message('m-1', 'request-1')]), currentMessageContext);

  expect(context).toMatchObject({ correlationId: 'request-1', causationId: 'm-1', traceparent: expect.stringContaining(TRACE_ID) });
});

test('messages of one request are handled in its trace, without one of them as the cause', () => {
  const trace = traceOfMessages([message('m-1', 'request-1'), message('m-2', 'request-1')]);

  expect(trace).toMatchObject({ correlationId: 'request-1', traceparent: expect.stringContaining(TRACE_ID) });
  expect(trace).not.toHaveProperty('causationId');
});

test('a batch of several requests is a trace of its own', () => {
  const trace = traceOfMessages([message('m-1', 'request-1'), message('m-2', 'request-2')]);

  expect(trace.traceparent).not.toContain(TRACE_ID);
});

test('a correlation id that no system of ours would make is not passed on', () => {
  expect(traceOfMessages([message('m-1', 'x\ny'.repeat(100))]).correlationId).toBe(TRACE_ID);
});

test('nothing is passed on where nothing is under way', () => {
  expect(currentMessageContext()).toBeUndefined();
});
