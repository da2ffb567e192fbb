// Writes merchants.csv, requests.csv, payout-file.csv and collections.csv of this folder. The same seed gives the same bytes: `node generate.mjs [SEED] [COUNT]`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [seed = '20261123', countText = '1200'] = process.argv.slice(2);
const count = Number(countText);
const next = mulberry32(Number(seed));

const BANKS = [
  ['102100099996', '622202', 22], ['105100000017', '621700', 18], ['103100000026', '622848', 15], ['104100000004', '621661', 11],
  ['403100000004', '621799', 9], ['308584000013', '621483', 9], ['301290000007', '622262', 5], ['302100011000', '621771', 3],
  ['310290000013', '621792', 3], ['303100000006', '622663', 2], ['305100000013', '622622', 2], ['307584007998', '622298', 2],
  ['309391000011', '622909', 2], ['304100040000', '622632', 1], ['313100000013', '621420', 1], ['325290000012', '622892', 1],
  ['313301099999', '622876', 1], ['313331000014', '621412', 1], ['313332082914', '622281', 1], ['402100000018', '621066', 1],
];
const CITIES = ['杭州', '深圳', '上海', '北京', '广州', '成都', '武汉', '南京', '苏州', '厦门', '西安', '青岛', '长沙', '郑州', '义乌', '佛山', '东莞', '合肥', '宁波', '重庆'];
const WORDS = ['云帆', '星河', '嘉禾', '锦程', '鼎盛', '恒远', '瑞丰', '天成', '华联', '新意', '百川', '联创', '卓越', '明德', '海纳', '青禾', '万象', '同心', '远航', '晨曦'];
const TRADES = {
  WITHDRAWAL: ['网络科技有限公司', '电子商务有限公司', '信息技术有限公司', '文化传媒有限公司'],
  DISBURSEMENT: ['人力资源服务有限公司', '物流有限公司', '供应链管理有限公司', '灵活用工服务有限公司'],
  SETTLEMENT: ['商贸有限公司', '餐饮管理有限公司', '百货有限公司', '贸易有限公司', '食品有限公司'],
};
const SURNAMES = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余', '欧阳', '司马'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰宇浩轩梓涵欣怡子墨雨桐思远嘉豪俊熙雪梅建国志强'];
const PURPOSES = {
  WITHDRAWAL: ['账户余额提现', '用户提现', '钱包提现'],
  DISBURSEMENT: ['劳务报酬', '运费结算', '佣金发放', '稿酬', '保险理赔款', '退款'],
  SETTLEMENT: ['商户结算款', '门店结算款', '平台货款结算'],
};
/** Of 100 requests. */
const LINES = [['WITHDRAWAL', 45], ['DISBURSEMENT', 30], ['SETTLEMENT', 25]];
const MERCHANTS_PER_LINE = { WITHDRAWAL: 16, DISBURSEMENT: 14, SETTLEMENT: 18 };

const merchants = LINES.flatMap(([line]) =>
  Array.from({ length: MERCHANTS_PER_LINE[line] }, () => ({ line, name: `${pick(CITIES)}${pick(WORDS)}${pick(WORDS)}${pick(TRADES[line])}`, priority: next() < 0.1 ? 7 : 5 })),
).map((merchant, index) => ({ id: `M${10001 + index}`, ...merchant }));

/** Of 100 requests, by hours of the day: merchants settle in the morning, people withdraw in the evening. */
const HOURS = [[5, 1], [6, 2], [7, 3], [8, 5], [9, 9], [10, 9], [11, 8], [12, 6], [13, 6], [14, 8], [15, 8], [16, 8], [17, 7], [18, 6], [19, 5], [20, 4], [21, 3], [22, 2]];
/** The first hour is told from the middle on: until then the day is set up. */
const FIRST_MINUTE = 5 * 60 + 30;
const IN_FILE = 40;
const COLUMNS = ['requestId', 'merchantId', 'businessLine', 'amount', 'accountNumber', 'accountName', 'bankCode', 'purpose', 'instructionReference'];

const requests = Array.from({ length: count }, (_, index) => ({ at: minute(), door: next() < 0.12 ? 'API' : 'MESSAGE', values: request(`DAY-${seed}-${number(index)}`, weighted(LINES.map(([code, weight]) => ({ code, weight }))).code) }));
requests.sort((a, b) => a.at - b.at);

// One merchant sends its runners' pay as a file. Three rows are wrong: an amount with one place, a bank code that is too short, an account number with letters.
const inFile = Array.from({ length: IN_FILE }, (_, index) => request(`FILE-${seed}-${number(index)}`, 'DISBURSEMENT', merchants.find(({ line }) => line === 'DISBURSEMENT')));
inFile[6][3] = inFile[6][3].slice(0, -1);
inFile[17][6] = inFile[17][6].slice(0, 9);
inFile[31][4] = `CARD${inFile[31][4].slice(4)}`;

write('merchants.csv', ['id', 'name', 'line', 'priority'], merchants.map(({ id, name, line, priority }) => [id, name, line, priority]));
write('requests.csv', ['at', 'door', ...COLUMNS], requests.map(({ at, door, values }) => [clock(at), door, ...values]));
write('payout-file.csv', COLUMNS, inFile);
write('collections.csv', ['at', 'clearingHouse', 'channel', 'count', 'amount'], collections());

/** What clients pay in: each house and channel twice an hour, most around noon and in the evening. */
function collections() {
  const share = new Map(HOURS);
  const channels = [['NETSUNION', 'QUICK_PAY', 300], ['UNIONPAY', 'BANK_CARD', 220], ['UNIONPAY', 'QR_CODE', 120]];
  return Array.from({ length: 17 * 2 }, (_, index) => 6 * 60 + 7 + index * 30).flatMap((at) =>
    channels.map(([house, channel, size]) => {
      const count = 1 + Math.round(size * (share.get(Math.floor(at / 60)) ?? 1) * (0.5 + next()) * 0.05);
      const each = Math.exp(4.4 + 0.5 * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
      return [clock(at), house, channel, count, (Math.round(count * each * 100) / 100).toFixed(2)];
    }),
  );
}

function request(requestId, line, from) {
  const own = merchants.filter((merchant) => merchant.line === line);
  // A few merchants have most of the business.
  const merchant = from ?? own[Math.floor(own.length * next() ** 2)];
  const { code: bankCode, bin: prefix } = weighted(BANKS.map(([code, bin, weight]) => ({ code, bin, weight })));
  const payee = line === 'SETTLEMENT' ? merchant.name : person();
  return [requestId, merchant.id, line, amount(line), luhn(`${prefix}${digits(12)}`), payee, bankCode, pick(PURPOSES[line]), `INS-${requestId}`];
}

function minute() {
  const hour = weighted(HOURS.map(([code, weight]) => ({ code, weight }))).code;
  return Math.max(FIRST_MINUTE, hour * 60 + Math.floor(next() * 60));
}

function clock(at) {
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
}

function number(index) {
  return String(index + 1).padStart(6, '0');
}

/** Log-normal around the line's usual amount, from 1 yuan to 500,000. */
function amount(line) {
  const [median, spread] = { WITHDRAWAL: [320, 1.2], DISBURSEMENT: [900, 0.9], SETTLEMENT: [2600, 1.6] }[line];
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const fen = Math.round(median * Math.exp(spread * normal) * 100);
  // People withdraw round sums.
  const rounded = line === 'WITHDRAWAL' && next() < 0.5 ? Math.max(1000, Math.round(fen / 1000) * 1000) : fen;
  return (Math.min(50_000_000, Math.max(100, rounded)) / 100).toFixed(2);
}

function person() {
  return pick(SURNAMES) + pick(GIVEN) + (next() < 0.75 ? pick(GIVEN) : '');
}

function digits(length) {
  return Array.from({ length }, () => Math.floor(next() * 10)).join('');
}

/** Card numbers end with a check digit. */
function luhn(body) {
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

function pick(list) {
  return list[Math.floor(next() * list.length)];
}

function weighted(list) {
  let place = next() * list.reduce((sum, { weight }) => sum + weight, 0);
  return list.find(({ weight }) => (place -= weight) < 0) ?? list[0];
}

function write(name, columns, rows) {
  writeFileSync(join(import.meta.dirname, name), [columns, ...rows].map((row) => `${row.join(',')}\n`).join(''));
}

function mulberry32(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
