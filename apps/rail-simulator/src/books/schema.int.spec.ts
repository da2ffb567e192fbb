import { readFileSync, writeFileSync } from 'node:fs';
import { describeSchema } from '@jinku/testing';

import { aTestHouse } from '../simulator.builder.ts';
import { createBooks } from './create-books.ts';

const FILE = new URL('../../schema.sql', import.meta.url);

test('the created schemas are the committed schema.sql, and creating them again changes nothing', async () => {
  const house = await aTestHouse();
  const { admin, database } = house.config();
  if (admin !== null) await createBooks(admin, database);

  const actual = `${await describeSchema(house.owner, 'rails')}\n${await describeSchema(house.owner, 'settlement')}`;
  if (process.env['JINKU_UPDATE'] === '1') writeFileSync(FILE, actual);

  await house.drop();
  expect(actual).toBe(readFileSync(FILE, 'utf8'));
});
