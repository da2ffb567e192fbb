import { AccountsWorld, LI_NA, person } from '../../accounts-world.builder.ts';
import { FollowLink } from './follow-link.ts';

let world: AccountsWorld;
beforeAll(async () => {
  world = await AccountsWorld.create();
});
afterAll(() => world.close());

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ACCEPTED',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('opening', () => {
  test('an account is asked for, approved by another person, and usable once the ledger confirms', async () => {
    const { id, approvalId } = await world.request({ limitPerItem: '5000.00', limitPerDay: '20000.00' });
    expect(await world.account(id)).toMatchObject({ state: 'PENDING_OPEN', linkState: 'NONE', responsiblePerson: 'li-na', validFrom: '2026-11-21', limitPerItem: '5000.00' });

    expect(await codeOf(world.decide('approve', approvalId, LI_NA))).toBe('MAKER_CANNOT_CHECK');
    await world.decide('approve', approvalId);
    expect(await world.account(id)).toMatchObject({ state: 'PENDING_OPEN', linkState: 'REQUESTED' });
    await world.answer(id);

    expect(await world.account(id)).toMatchObject({ state: 'ACTIVE', linkState: 'CONFIRMED', internalAccountCode: `1003.${id.slice(-12)}`, version: 3 });
    expect((await world.told(id)).map(({ type, data }) => [type, data['linkVersion']])).toEqual([
      ['accounts.account-opened.v1', 1],
      ['accounts.account-state-changed.v1', undefined],
    ]);
  });

  test('of two persons who approve at once one wins, and the ledger is asked once', async () => {
    const { id, approvalId } = await world.request();

    const codes = await Promise.all(['wang-wei', 'zhao-min'].map((name) => codeOf(world.decide('approve', approvalId, person(name)))));

    expect(codes.sort()).toEqual(['ACCEPTED', 'ALREADY_DECIDED']);
    expect(await world.told(id)).toHaveLength(1);
  });

  test('one number at one bank is registered once, also by two requests at once, and again after its account was closed', async () => {
    const accountNumber = '6222029999990001';

    const codes = await Promise.all([1, 2].map(() => codeOf(world.request({ accountNumber, name: '竞争账户' }))));
    expect(codes.sort()).toEqual(['ACCEPTED', 'ACCOUNT_NUMBER_EXISTS']);

    const [open] = await world.database.query<{ id: string }>(`SELECT opening_approval_id AS id FROM account WHERE name = '竞争账户'`);
    await world.decide('reject', open?.id ?? '');
    expect(await codeOf(world.request({ accountNumber }))).toBe('ACCEPTED');
  });

  test('of two openings of one retained subtype at once one is refused', async () => {
    const retained = { accountClass: 'CLIENT_FUND', owner: 'CLIENT', subtype: 'CROSS_BORDER', validUntil: '2027-12-31' } as const;

    const codes = await Promise.all([1, 2].map(() => codeOf(world.request(retained))));

    expect(codes.sort()).toEqual(['ACCEPTED', 'SUBTYPE_EXISTS']);
  });

  test.each(['reject', 'withdraw'] as const)('an opening that ends by %s gives up its place', async (verb) => {
    const { id, approvalId } = await world.request({ isFiled: true });
    await world.decide(verb, approvalId, verb === 'withdraw' ? LI_NA : person('wang-wei'));

    expect(await world.account(id)).toMatchObject({ state: 'CLOSED', linkState: 'NONE' });
    const again = await world.request({ isFiled: true });
    await world.decide('withdraw', again.approvalId, LI_NA);
  });

  test('an opening that the ledger refuses ends with the reason, and gives up its place', async () => {
    const { id, approvalId } = await world.request();
    await world.decide('approve', approvalId);

    await world.answer(id, { link: 'REFUSED', reason: 'CODE_TAKEN', internalAccountCode: undefined });

    expect(await world.account(id)).toMatchObject({ state: 'CLOSED', linkState: 'REFUSED', linkReason: 'CODE_TAKEN' });
  });

  test('an opening that nobody decides on ends after its time', async () => {
    const { id, approvalId } = await world.request();
    world.clock.advance(8 * 24 * 3_600_000);
    expect(await codeOf(world.decide('approve', approvalId))).toBe('APPROVAL_EXPIRED');

    await world.doDueWork();

    expect(await world.account(id)).toMatchObject({ state: 'CLOSED' });
    expect(await codeOf(world.decide('approve', approvalId))).toBe('ALREADY_DECIDED');
  });
});

describe('changing', () => {
  test('a change takes effect with the second person, is on record with before and after, and a new name goes to the ledger', async () => {
    const id = await world.anAccount();
    await world.act(id, { act: 'CHANGE', change: { name: '收入账户', limitPerDay: '900.00' }, effectiveOn: null });

    expect(await world.account(id)).toMatchObject({ name: '收入账户', limitPerDay: '900.00', state: 'ACTIVE', linkState: 'REQUESTED', linkVersion: 2 });
    expect((await world.told(id)).at(-1)).toMatchObject({ type: 'accounts.account-renamed.v1', data: { name: '收入账户', linkVersion: 2 } });
    const [newest] = await world.histories.entries(id, { before: undefined, limit: 1 });
    expect(newest).toMatchObject({
      act: 'CHANGED',
      makerId: 'li-na',
      checkerId: 'wang-wei',
      before: { name: '自有资金账户', limitPerDay: null },
      after: { name: '收入账户', limitPerDay: '900.00' },
    });
    await world.answer(id);
    expect(await world.account(id)).toMatchObject({ linkState: 'CONFIRMED' });
  });

  test('a change of terms that the ledger does not know leaves the link alone', async () => {
    const id = await world.anAccount();
    await world.act(id, { act: 'CHANGE', change: { purpose: '手续费收入' }, effectiveOn: null });

    expect(await world.account(id)).toMatchObject({ purpose: '手续费收入', linkState: 'CONFIRMED', linkVersion: 1 });
  });

  test('an account picks a connector in force, and another for a capability; the history holds both', async () => {
    const id = await world.anAccount();
    const secondaryConnectors = [{ capability: 'QUOTA', connectorType: 'NETSUNION' }] as const;
    await world.act(id, { act: 'CHANGE', change: { connectorType: 'NETSUNION', secondaryConnectors }, effectiveOn: null });

    expect(await world.account(id)).toMatchObject({ connectorType: 'NETSUNION', secondaryConnectors });
    expect(await codeOf(world.propose(id, { act: 'CHANGE', change: { secondaryConnectors }, effectiveOn: null }))).toBe('NOTHING_CHANGES');
    expect(await codeOf(world.propose(id, { act: 'CHANGE', change: { connectorType: 'UNIONPAY' }, effectiveOn: null }))).toBe('CONNECTOR_NOT_IN_FORCE');
    expect(await codeOf(world.request({ connectorType: 'UNIONPAY' }))).toBe('CONNECTOR_NOT_IN_FORCE');
  });

  test('of two changes of one field the second is refused: what its maker saw is gone', async () => {
    const id = await world.anAccount();
    const first = await world.propose(id, { act: 'CHANGE', change: { bank: '建设银行' }, effectiveOn: null });
    const second = await world.propose(id, { act: 'CHANGE', change: { bank: '中国银行' }, effectiveOn: null });
    const other = await world.propose(id, { act: 'CHANGE', change: { purpose: '工资' }, effectiveOn: null });
    await world.decide('approve', first);

    expect(await codeOf(world.decide('approve', second))).toBe('CHANGED_MEANWHILE');
    expect(await codeOf(world.decide('approve', other))).toBe('ACCEPTED');
    expect(await world.account(id)).toMatchObject({ bank: '建设银行', purpose: '工资' });
  });

  test('a change for a later day is in force from that day on, once, whoever looks for it', async () => {
    const id = await world.anAccount();
    const today = world.clock.now();
    await world.act(id, { act: 'CHANGE', change: { limitPerItem: '100.00' }, effectiveOn: '2027-01-01' });
    await world.doDueWork();
    expect(await world.account(id)).toMatchObject({ limitPerItem: null });

    world.clock.stepTo('2026-12-31T16:00:00Z');
    await Promise.all([world.doDueWork(), world.doDueWork()]);

    expect(await world.account(id)).toMatchObject({ limitPerItem: '100.00' });
    expect((await world.acts(id)).filter((act) => act === 'CHANGED')).toHaveLength(1);
    expect(await world.histories.scheduled(id, 10)).toMatchObject([{ state: 'IN_FORCE', effectiveOn: '2027-01-01', makerId: 'li-na', checkerId: 'wang-wei' }]);
    world.clock.stepTo(today);
  });

  test('a change whose day finds the account closing is dropped with the reason', async () => {
    const id = await world.anAccount();
    const today = world.clock.now();
    await world.act(id, { act: 'CHANGE', change: { limitPerItem: '100.00' }, effectiveOn: '2027-01-01' });
    await world.act(id, { act: 'CLOSE' });

    world.clock.stepTo('2026-12-31T16:00:00Z');
    await world.doDueWork();

    expect(await world.histories.scheduled(id, 10)).toMatchObject([{ state: 'DROPPED', droppedBecause: 'ACCOUNT_STATE_FORBIDS' }]);
    world.clock.stepTo(today);
  });

  test.each([
    ['nothing', { act: 'CHANGE', change: { name: '自有资金账户' }, effectiveOn: null }, 'NOTHING_CHANGES'],
    ['the past', { act: 'CHANGE', change: { name: '别的' }, effectiveOn: '2026-11-20' }, 'EFFECTIVE_IN_PAST'],
    ['reversed limits', { act: 'CHANGE', change: { limitPerItem: '2.00', limitPerDay: '1.00' }, effectiveOn: null }, 'LIMITS_REVERSED'],
    ['a closure programme of own funds', { act: 'CHANGE', change: { closeBy: '2027-01-01' }, effectiveOn: null }, 'CLOSE_BY_MISPLACED'],
    ['an unfreezing of what is not frozen', { act: 'UNFREEZE' }, 'ACCOUNT_STATE_FORBIDS'],
    ['a confirmation of what was not asked for', { act: 'REGISTER', step: { event: 'confirm', fundingAccountRef: 'TC-1' } }, 'REGISTRATION_FORBIDS'],
    ['a confirmation without a reference', { act: 'REGISTER', step: { event: 'confirm' } }, 'REFERENCE_MISPLACED'],
  ] as const)('a proposal of %s is refused when it is made', async (_, act, code) => {
    const id = await world.anAccount();

    expect(await codeOf(world.propose(id, act))).toBe(code);
  });
});

describe('freezing', () => {
  test('a freeze and its lifting take two persons each, and the ledger follows', async () => {
    const id = await world.anAccount();
    await world.act(id, { act: 'FREEZE' });
    expect(await world.account(id)).toMatchObject({ state: 'FROZEN', linkState: 'REQUESTED' });
    await world.answer(id);
    await world.act(id, { act: 'UNFREEZE' });
    await world.answer(id);

    expect(await world.account(id)).toMatchObject({ state: 'ACTIVE', linkState: 'CONFIRMED', linkVersion: 3 });
    expect((await world.told(id)).slice(-2).map(({ data }) => [data['from'], data['to'], data['linkVersion']])).toEqual([
      ['ACTIVE', 'FROZEN', 2],
      ['FROZEN', 'ACTIVE', 3],
    ]);
    expect(await world.acts(id)).toEqual(['OPENING_REQUESTED', 'OPENING_APPROVED', 'LINK_ANSWERED', 'FROZEN', 'LINK_ANSWERED', 'UNFROZEN', 'LINK_ANSWERED']);
  });

  test('an answer to an earlier question, or the same answer twice, changes nothing', async () => {
    const id = await world.anAccount();
    await world.act(id, { act: 'FREEZE' });
    await world.answer(id, { linkVersion: 1 });
    expect(await world.account(id)).toMatchObject({ linkState: 'REQUESTED' });

    await world.answer(id);
    await world.answer(id, { link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT' });

    expect(await world.account(id)).toMatchObject({ linkState: 'CONFIRMED' });
  });

  test('answers that come in a batch and approvals of the same accounts never wait for each other in a ring', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => world.anAccount()));
    for (const id of ids) await world.act(id, { act: 'FREEZE' });
    const unfreezes = await Promise.all(ids.map((id) => world.propose(id, { act: 'UNFREEZE' })));
    const answers = ids.map((accountId) => ({ accountId, link: 'CONFIRMED', linkVersion: 2, at: world.clock.now().toISOString() }) as const).reverse();
    const followed = world.transaction((tx) => world.module.get(FollowLink).execute(tx, answers));

    const codes = await Promise.all([followed, ...unfreezes.map((approvalId) => world.decide('approve', approvalId))].map(codeOf));

    expect(codes).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
  });

  test('a freeze that the ledger refuses leaves the account frozen here, with the reason', async () => {
    const id = await world.anAccount();
    await world.act(id, { act: 'FREEZE' });
    await world.answer(id, { link: 'REFUSED', reason: 'NO_INTERNAL_ACCOUNT' });

    expect(await world.account(id)).toMatchObject({ state: 'FROZEN', linkState: 'REFUSED', linkReason: 'NO_INTERNAL_ACCOUNT' });
  });

  test('a freeze and a closing that race end in one order: the freeze first, or not at all', async () => {
    const id = await world.anAccount();
    const [freeze, close] = [await world.propose(id, { act: 'FREEZE' }), await world.propose(id, { act: 'CLOSE' })];

    const [frozen, closing] = await Promise.all([codeOf(world.decide('approve', freeze)), codeOf(world.decide('approve', close, person('zhao-min')))]);

    expect(closing).toBe('ACCEPTED');
    expect(['ACCEPTED', 'ACCOUNT_STATE_FORBIDS']).toContain(frozen);
    expect(await world.account(id)).toMatchObject({ state: 'CLOSING' });
    expect(await world.histories.lastClosing(id)).toMatchObject({ priorState: frozen === 'ACCEPTED' ? 'FROZEN' : 'ACTIVE' });
  });
});

describe('the registration at UnionPay', () => {
  test('an account is registered under a reference of its own, and loses it with the withdrawal', async () => {
    const id = await world.anAccount();
    const other = await world.anAccount();
    for (const account of [id, other]) await world.act(account, { act: 'REGISTER', step: { event: 'request' } });
    await world.act(id, { act: 'REGISTER', step: { event: 'confirm', fundingAccountRef: 'TC-0001' } });
    expect(await world.account(id)).toMatchObject({ registrationState: 'REGISTERED', fundingAccountRef: 'TC-0001' });
    expect(await codeOf(world.act(other, { act: 'REGISTER', step: { event: 'confirm', fundingAccountRef: 'TC-0001' } }))).toBe('REFERENCE_EXISTS');

    await world.act(id, { act: 'REGISTER', step: { event: 'withdraw' } });
    await world.act(id, { act: 'REGISTER', step: { event: 'confirm-withdrawal' } });

    expect(await world.account(id)).toMatchObject({ registrationState: 'WITHDRAWN', fundingAccountRef: null });
  });

  test('a virtual account is not registered', async () => {
    const id = await world.anAccount({ accountClass: 'VIRTUAL' });

    expect(await codeOf(world.propose(id, { act: 'REGISTER', step: { event: 'request' } }))).toBe('REGISTRATION_MISPLACED');
  });
});

describe('the database', () => {
  test.each([
    ['what an account is', 'UPDATE account SET account_class = \'CHANNEL\''],
    ['its number', 'UPDATE account SET number_cipher = \'x\''],
    ['its history', 'UPDATE account_version SET reason = \'x\''],
    ['its history, by removal', 'DELETE FROM account_version'],
    ['the answers of a closing', 'UPDATE account_closing_answer SET answer = \'CLEAR\''],
    ['the accounts themselves', 'DELETE FROM account'],
  ])('does not let the service rewrite %s', async (_, sql) => {
    await expect(world.database.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('keeps account numbers encrypted', async () => {
    const { id } = await world.request({ accountNumber: '6222027777770001' });
    const { rows } = await world.test.admin.query<object>('SELECT * FROM account WHERE id = $1', [id]);

    expect(JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('6222027777770001');
  });
});
