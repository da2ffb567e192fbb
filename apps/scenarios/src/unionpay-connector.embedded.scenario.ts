import { jest } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import { UNIONPAY_NOTICE_PATH, unionPayNotices, UnionPayRail, unionPayRail } from '@jinku/connectors';
import { describeConnector } from './connector-cases.ts';

jest.setTimeout(90_000);

describeConnector({
  name: 'UnionPay',
  clearingHouse: 'UNIONPAY',
  urlVariable: 'JINKU_UNIONPAY_URL',
  noticeUrlVariable: 'JINKU_RAILS_UNIONPAY_NOTICE_URL',
  noticePath: UNIONPAY_NOTICE_PATH,
  keysFolder: 'unionpay',
  railOf: unionPayRail,
  noticesOf: unionPayNotices,
  railWith: (options) => new UnionPayRail({ ...options, institution: 'JINKU001', clock: systemClock, connections: 1 }),
  codes: {
    '0000': '00',
    '0101': '14',
    '0102': '16',
    '0103': '17',
    '0201': '12',
    '0301': '61',
    '0302': '60',
    '0401': '59',
    '0501': '30',
    '0502': 'A0',
    '0601': '49',
    '0602': '34',
    '9999': '05',
  },
  acceptedCode: '03',
});
