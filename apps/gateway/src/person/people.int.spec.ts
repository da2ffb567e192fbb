import { aGateway, type Gateway } from '../gateway.builder.ts';

let gateway: Gateway;

beforeAll(async () => {
  gateway = await aGateway();
});
afterAll(() => gateway.stop());

const PASSWORD = 'a password of some length';
let keys = 0;
const nextKey = (): string => `key-number-${(keys += 1)}`;

async function addPerson(username: string, roles: readonly string[], token?: string) {
  return gateway.request('POST', '/v1/people', {
    token: token ?? (await gateway.adminToken()),
    key: nextKey(),
    body: { username, displayName: username, roles, password: PASSWORD },
  });
}

test('the first start prints the password of one admin, who can sign in with it', async () => {
  expect(gateway.adminPassword).toHaveLength(24);
  expect(await gateway.login()).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
});

test('a wrong password and an unknown username get the same answer', async () => {
  const [wrong, unknown] = [await gateway.login('admin', 'wrong'), await gateway.login('nobody', 'wrong')];

  expect(wrong.status).toBe(401);
  expect({ ...unknown.body, correlationId: '' }).toEqual({ ...wrong.body, correlationId: '' });
  await gateway.login();
});

test.each(['locked-one', 'nobody-at-all'])('five wrong passwords in a row lock %s for a while, known or not', async (username) => {
  if (username === 'locked-one') await addPerson(username, ['viewer']);

  for (let attempt = 0; attempt < 5; attempt += 1) expect((await gateway.login(username, 'wrong')).status).toBe(401);
  const locked = await gateway.login(username, PASSWORD);

  expect(locked).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  expect(locked.headers.get('retry-after')).toBe('1');
});

test('guesses sent side by side are each counted', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => gateway.login('side-by-side', 'wrong')));

  expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(7);
});

test('incompatible duties, unknown roles and a taken username are refused', async () => {
  expect(await addPerson('both', ['admin', 'operator'])).toMatchObject({ status: 422, body: { code: 'INCOMPATIBLE_DUTIES', violations: [{ field: 'roles' }] } });
  expect((await addPerson('client', ['client'])).status).toBe(400);
  expect((await addPerson('nothing', [])).status).toBe(400);
  expect((await addPerson('taken', ['viewer'])).status).toBe(201);
  expect(await addPerson('taken', ['viewer'])).toMatchObject({ status: 409, body: { code: 'USERNAME_TAKEN' } });
});

test('the database itself refuses incompatible duties', async () => {
  const insert = gateway.database.query(
    `INSERT INTO person (id, username, display_name, password_hash, roles, created_at, changed_at)
     VALUES (gen_random_uuid(), 'sneaky', 'x', 'x', ARRAY['auditor', 'approver'], 'epoch', 'epoch')`,
  );

  await expect(insert).rejects.toMatchObject({ constraint: 'person_incompatible_duties' });
});

test('the same key adds one person, and with other content it is refused', async () => {
  const token = await gateway.adminToken();
  const body = { username: 'once', displayName: 'Once', roles: ['viewer'], password: PASSWORD };
  const first = await gateway.request('POST', '/v1/people', { token, key: 'the-same-key', body });
  const second = await gateway.request('POST', '/v1/people', { token, key: 'the-same-key', body });
  const third = await gateway.request('POST', '/v1/people', { token, key: 'the-same-key', body: { ...body, username: 'twice' } });

  expect(second.body).toEqual(first.body);
  expect(third).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
});

test('whoever is not an admin may not add people', async () => {
  await addPerson('just-viewer', ['viewer']);
  const token = String((await gateway.login('just-viewer', PASSWORD)).body['token']);

  expect(await addPerson('friend', ['viewer'], token)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
});

test('a session that was ended, or whose person was disabled, is refused within two seconds', async () => {
  const { body } = await addPerson('leaver', ['viewer']);
  const [one, other] = [String((await gateway.login('leaver', PASSWORD)).body['token']), String((await gateway.login('leaver', PASSWORD)).body['token'])];
  const status = async (token: string) => (await gateway.request('GET', '/v1/system/status', { token })).status;
  expect([await status(one), await status(other)]).toEqual([200, 200]);

  await gateway.request('POST', '/v1/auth/logout', { token: one });
  await gateway.request('PATCH', `/v1/people/${String(body['id'])}`, { token: await gateway.adminToken(), key: nextKey(), body: { isDisabled: true, reason: 'left' } });
  const changedAt = performance.now();
  while ((await status(one)) === 200 || (await status(other)) === 200) {
    if (performance.now() - changedAt > 2_000) throw new Error('still let in after two seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  expect((await gateway.login('leaver', PASSWORD)).status).toBe(401);
});

test('the last admin can neither be disabled nor lose the role', async () => {
  const token = await gateway.adminToken();
  const { items } = (await gateway.request('GET', '/v1/people', { token })).body as { items: { id: string; username: string }[] };
  const id = items.find((person) => person.username === 'admin')?.id ?? '';

  for (const change of [{ isDisabled: true }, { roles: ['viewer'] }]) {
    const answer = await gateway.request('PATCH', `/v1/people/${id}`, { token, key: nextKey(), body: { ...change, reason: 'why not' } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'LAST_ADMIN' } });
  }
});

test('every change of a person is in the audit trail, and no password is', async () => {
  await addPerson('audited', ['viewer']);

  const rows = await gateway.database.query<{ content: string }>('SELECT content FROM audit_entry');

  expect(rows.some((row) => row.content.includes('person.added') && row.content.includes('audited'))).toBe(true);
  expect(rows.some((row) => row.content.includes(PASSWORD))).toBe(false);
});
