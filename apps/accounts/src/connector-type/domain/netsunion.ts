import type { ConnectorTypeContent } from './connector-type.ts';

/** NetsUnion as the installation speaks to it from the first day on: docs/rails/netsunion.md, with the services' default settings. */
export const NETSUNION: ConnectorTypeContent = {
  name: '网联',
  institution: 'NETSUNION',
  capabilities: ['PAYOUT', 'QUOTA', 'NOTICES'],
  endpoint: { originSetting: 'JINKU_NETSUNION_URL', basePath: '/netsunion/v1', noticePath: '/notices/netsunion' },
  credentials: [{ use: 'SIGN_AND_VERIFY', reference: 'netsunion/hmac.key' }],
  signing: 'HMAC-SM3',
  timeouts: { callMs: 3_000, inquiryMs: 5_000 },
  budgets: { windowMs: 1_000, requestsPerWindow: 10_000, inquiriesPerWindow: 200 },
  policies: {
    settlementTarget: 'CENTRAL_RESERVE',
    quotaConsumedOn: 'SUCCESS',
    receiptsCount: 'SETTLED',
    settlementEffectOnMapping: 'AS_NOTIFIED',
    merchantSettlementDraws: 'QUOTA',
    pushesReserveNotices: false,
    maySendAgainUnderSameNumber: false,
    notFoundCountsAfter: { quietTimeMs: 5_000, agreeingAnswers: 3, onlyAfterValidUntil: true },
  },
  openingHours: [{ days: 'EVERY_DAY', from: '00:00', to: '23:59' }],
  limits: { perItem: null, perDay: null },
  fileFormats: [],
  tasks: [
    { name: 'read-quota', capability: 'QUOTA', runBy: 'quotas', trigger: { kind: 'EVERY', everyMs: 5_000 } },
    { name: 'inquire-payout', capability: 'PAYOUT', runBy: 'payouts', trigger: { kind: 'ON_DEMAND' } },
  ],
};
