import { jest } from '@jest/globals';
import { systemClock } from '@jinku/calendar';
import { NETSUNION_NOTICE_PATH, netsUnionNotices, NetsUnionRail, netsUnionRail } from '@jinku/connectors';
import { describeConnector } from './connector-cases.ts';

jest.setTimeout(90_000);

describeConnector({
  name: 'NetsUnion',
  clearingHouse: 'NETSUNION',
  urlVariable: 'JINKU_NETSUNION_URL',
  noticeUrlVariable: 'JINKU_RAILS_NOTICE_URL',
  noticePath: NETSUNION_NOTICE_PATH,
  keysFolder: 'netsunion',
  railOf: netsUnionRail,
  noticesOf: netsUnionNotices,
  railWith: (options) => new NetsUnionRail({ ...options, institution: 'JINKU001', clock: systemClock, connections: 1 }),
  codes: {
    '0000': '0000',
    '0101': '0101',
    '0102': '0102',
    '0103': '0103',
    '0201': '0201',
    '0301': '0301',
    '0302': '0302',
    '0401': '0401',
    '0501': '0501',
    '0502': '0502',
    '0601': '0601',
    '0602': '0602',
    '9999': '9999',
  },
  acceptedCode: '0000',
});
