import { isLeftOver, markerOf, stackFolders } from './folders.ts';

const folders = stackFolders('/var/lib/jinku/abc/stack');

test('the processes of a stack are known by their command lines', () => {
  expect(isLeftOver(folders, `/usr/bin/node apps/ledger/dist/main.js ${markerOf(folders)}`)).toBe(true);
  expect(isLeftOver(folders, `java -cp x kafka.Kafka ${folders.kafka}/server.properties`)).toBe(true);
  expect(isLeftOver(folders, `redis-server --dir ${folders.redis} --appendonly yes`)).toBe(true);
});

test('neither the processes of another stack nor somebody reading a log are taken for them', () => {
  expect(isLeftOver(folders, `node main.js ${markerOf(stackFolders('/var/lib/jinku/abc/stack2'))}`)).toBe(false);
  expect(isLeftOver(folders, `tail -f ${folders.logFile('ledger')}`)).toBe(false);
  expect(isLeftOver(folders, `less ${folders.kafka}/server.properties`)).toBe(false);
});
