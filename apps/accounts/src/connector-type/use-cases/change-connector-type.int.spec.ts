import { AccountsWorld, LI_NA, person, WANG_WEI } from '../../accounts-world.builder.ts';
import { connectorTypeContent, type ConnectorTypeContent } from '../domain/connector-type.ts';
import { NETSUNION } from '../domain/netsunion.ts';
import { ConnectorTypeRepository } from '../persistence/connector-type.repository.ts';
import { ChangeConnectorType } from './change-connector-type.ts';

let world: AccountsWorld;
let change: ChangeConnectorType;
let connectorTypes: ConnectorTypeRepository;
beforeAll(async () => {
  world = await AccountsWorld.create();
  change = world.module.get(ChangeConnectorType);
  connectorTypes = world.module.get(ConnectorTypeRepository);
});
afterAll(() => world.close());

const slower = (callMs: number): ConnectorTypeContent => ({ ...NETSUNION, timeouts: { ...NETSUNION.timeouts, callMs } });
const propose = async (code: string, content: ConnectorTypeContent, effectiveOn: string | null = null): Promise<string> =>
  (await world.transaction((tx) => change.propose(tx, { code, content, effectiveOn, reason: 'needed' }, LI_NA))).approvalId;
const approve = (id: string, by = WANG_WEI): Promise<unknown> => world.transaction((tx) => change.approve(tx, id, { person: by, note: 'checked' }));
const callMsOn = async (code: string, day: string): Promise<number | undefined> => (await connectorTypes.inForce(world.database, day, code))[0]?.content.timeouts.callMs;

test('NetsUnion comes with the installation and fits its own schema', async () => {
  const [version] = await connectorTypes.inForce(world.database, '2026-11-21', 'NETSUNION');

  expect(version).toMatchObject({ version: 1, makerId: null });
  expect(connectorTypeContent.parse(version?.content)).toEqual(NETSUNION);
});

test('a version of a later day is in force from that day on, with no one doing anything then', async () => {
  await approve(await propose('NETSUNION', slower(4_000), '2027-01-01'));

  expect([await callMsOn('NETSUNION', '2026-12-31'), await callMsOn('NETSUNION', '2027-01-01')]).toEqual([3_000, 4_000]);
});

test('the maker does not approve, and what is rejected is never in force', async () => {
  const approvalId = await propose('TEST_HOUSE', slower(1));
  await expect(approve(approvalId, LI_NA)).rejects.toMatchObject({ code: 'MAKER_CANNOT_CHECK' });

  await world.transaction((tx) => change.reject(tx, approvalId, { person: WANG_WEI, note: 'no' }));

  expect(await callMsOn('TEST_HOUSE', '2030-01-01')).toBeUndefined();
});

test('of two versions proposed on the same one and approved at once, one is refused', async () => {
  const [one, two] = [await propose('RACED', slower(1)), await propose('RACED', slower(2))];

  const outcomes = await Promise.allSettled([approve(one), approve(two, person('zhao-min'))]);

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONNECTOR_TYPE_OVERTAKEN' } });
  expect(await connectorTypes.versions(world.database, 'RACED', 10)).toHaveLength(1);
});

test('a version cannot reach back, neither by its proposal nor by a late approval', async () => {
  await expect(propose('LATE', slower(1), '2026-11-20')).rejects.toMatchObject({ code: 'CONNECTOR_TYPE_IN_PAST' });
  const approvalId = await propose('LATE', slower(1));
  world.clock.advance(2 * 24 * 3_600_000);

  await approve(approvalId);

  expect([await callMsOn('LATE', '2026-11-22'), await callMsOn('LATE', '2026-11-23')]).toEqual([undefined, 1]);
});

test('proposals about accounts and about connector types are not decided at each other\'s door', async () => {
  const connector = await propose('DOORS', slower(1));
  const { approvalId: account } = await world.request();

  await expect(approve(account)).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
  await expect(world.decide('approve', connector)).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
});

test.each(['UPDATE connector_type_version SET content = \'{}\'', 'DELETE FROM connector_type_version'])('the service cannot rewrite a version: %s', async (sql) => {
  await expect(world.database.query(sql)).rejects.toMatchObject({ code: '42501' });
});
