// Writes merchants.csv, requests.csv, payout-file.csv and collections.csv of this folder. The same seed gives the same bytes: `node generate.mjs [SEED] [COUNT]`.
import { join } from 'node:path';
import { Clientele, COLUMNS, number, writeCsv, writeMerchants } from '../clientele.mjs';

const [seed = '20261123', count = '1200'] = process.argv.slice(2);
const clientele = new Clientele(Number(seed));

/** Of 100 requests, by hours of the day: merchants settle in the morning, people withdraw in the evening. */
const HOURS = [[5, 1], [6, 2], [7, 3], [8, 5], [9, 9], [10, 9], [11, 8], [12, 6], [13, 6], [14, 8], [15, 8], [16, 8], [17, 7], [18, 6], [19, 5], [20, 4], [21, 3], [22, 2]];
/** The first hour is told from the middle on: until then the day is set up. */
const FIRST_MINUTE = 5 * 60 + 30;
const IN_FILE = 40;

const requests = Array.from({ length: Number(count) }, (_, index) => ({ at: minute(), door: clientele.next() < 0.12 ? 'API' : 'MESSAGE', values: request(`DAY-${seed}-${number(index)}`, clientele.line()) }));
requests.sort((a, b) => a.at - b.at);

// One merchant sends its runners' pay as a file. Three rows are wrong: an amount with one place, a bank code that is too short, an account number with letters.
const runners = clientele.merchants.find(({ line }) => line === 'DISBURSEMENT');
const inFile = Array.from({ length: IN_FILE }, (_, index) => request(`FILE-${seed}-${number(index)}`, 'DISBURSEMENT', runners));
inFile[6][3] = inFile[6][3].slice(0, -1);
inFile[17][6] = inFile[17][6].slice(0, 9);
inFile[31][4] = `CARD${inFile[31][4].slice(4)}`;

writeMerchants(file('merchants.csv'), clientele.merchants);
writeCsv(file('requests.csv'), ['at', 'door', ...COLUMNS], requests.map(({ at, door, values }) => [clock(at), door, ...values]));
writeCsv(file('payout-file.csv'), COLUMNS, inFile);
writeCsv(file('collections.csv'), ['at', 'clearingHouse', 'channel', 'count', 'amount'], collections());

/** What clients pay in: each house and channel twice an hour, most around noon and in the evening. */
function collections() {
  const share = new Map(HOURS);
  const channels = [['NETSUNION', 'QUICK_PAY', 300], ['UNIONPAY', 'BANK_CARD', 220], ['UNIONPAY', 'QR_CODE', 120]];
  return Array.from({ length: 17 * 2 }, (_, index) => 6 * 60 + 7 + index * 30).flatMap((at) =>
    channels.map(([house, channel, size]) => {
      const count = 1 + Math.round(size * (share.get(Math.floor(at / 60)) ?? 1) * (0.5 + clientele.next()) * 0.05);
      const each = Math.exp(4.4 + 0.5 * Math.sqrt(-2 * Math.log(1 - clientele.next())) * Math.cos(2 * Math.PI * clientele.next()));
      return [clock(at), house, channel, count, (Math.round(count * each * 100) / 100).toFixed(2)];
    }),
  );
}

function request(requestId, line, from) {
  return clientele.request(requestId, `INS-${requestId}`, line, from);
}

function minute() {
  return Math.max(FIRST_MINUTE, clientele.weighted(HOURS) * 60 + Math.floor(clientele.next() * 60));
}

function clock(at) {
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
}

function file(name) {
  return join(import.meta.dirname, name);
}
