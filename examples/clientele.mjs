// Invented merchants, payees and amounts such as a payment institution has; what the generators of the examples share.
import { writeFileSync } from 'node:fs';

/** Code of the bank, first digits of its cards, weight. */
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
export const COLUMNS = ['requestId', 'merchantId', 'businessLine', 'amount', 'accountNumber', 'accountName', 'bankCode', 'purpose', 'instructionReference'];

/** Everything is drawn from one stream of numbers: the same seed gives the same merchants and requests. */
export class Clientele {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
    const merchants = LINES.flatMap(([line]) => Array.from({ length: MERCHANTS_PER_LINE[line] }, () => this.#merchant(line)));
    this.merchants = merchants.map((merchant, index) => ({ id: `M${10001 + index}`, ...merchant }));
  }

  /** A number from 0 to below 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** One of `[value, weight]` pairs. */
  weighted(pairs) {
    let place = this.next() * pairs.reduce((sum, [, weight]) => sum + weight, 0);
    return (pairs.find(([, weight]) => (place -= weight) < 0) ?? pairs[0])[0];
  }

  line() {
    return this.weighted(LINES);
  }

  /** The values of one request in the order of COLUMNS, from the merchant given or one of the line. */
  request(requestId, reference, line, from) {
    const own = this.merchants.filter((merchant) => merchant.line === line);
    // A few merchants have most of the business.
    const merchant = from ?? own[Math.floor(own.length * this.next() ** 2)];
    const [bankCode, prefix] = this.weighted(BANKS.map(([code, bin, weight]) => [[code, bin], weight]));
    const accountName = line === 'SETTLEMENT' ? merchant.name : this.#person();
    const amount = this.#amount(line);
    const accountNumber = luhn(`${prefix}${this.#digits(12)}`);
    return [requestId, merchant.id, line, amount, accountNumber, accountName, bankCode, this.#pick(PURPOSES[line]), reference];
  }

  #merchant(line) {
    const name = `${this.#pick(CITIES)}${this.#pick(WORDS)}${this.#pick(WORDS)}${this.#pick(TRADES[line])}`;
    return { line, name, priority: this.next() < 0.1 ? 7 : 5 };
  }

  /** Log-normal around the line's usual amount, from 1 yuan to 500,000. */
  #amount(line) {
    const [median, spread] = { WITHDRAWAL: [320, 1.2], DISBURSEMENT: [900, 0.9], SETTLEMENT: [2600, 1.6] }[line];
    const normal = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    const fen = Math.round(median * Math.exp(spread * normal) * 100);
    // People withdraw round sums.
    const rounded = line === 'WITHDRAWAL' && this.next() < 0.5 ? Math.max(1000, Math.round(fen / 1000) * 1000) : fen;
    return (Math.min(50_000_000, Math.max(100, rounded)) / 100).toFixed(2);
  }

  #person() {
    return this.#pick(SURNAMES) + this.#pick(GIVEN) + (this.next() < 0.75 ? this.#pick(GIVEN) : '');
  }

  #digits(length) {
    return Array.from({ length }, () => Math.floor(this.next() * 10)).join('');
  }

  #pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }
}

/** The merchants as rows of `merchants.csv`. */
export function writeMerchants(path, merchants) {
  writeCsv(path, ['id', 'name', 'line', 'priority'], merchants.map(({ id, name, line, priority }) => [id, name, line, priority]));
}

export function writeCsv(path, columns, rows) {
  writeFileSync(path, [columns, ...rows].map((row) => `${row.join(',')}\n`).join(''));
}

/** The running number of a request, of six digits. */
export function number(index) {
  return String(index + 1).padStart(6, '0');
}

/** Card numbers end with a check digit. */
function luhn(body) {
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
