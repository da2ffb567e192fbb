import { describeSchema, expectGenerated } from '@jinku/testing';

import { aTestHouse } from '../simulator.builder.ts';
import { createBooks } from './create-books.ts';

const FILE = new URL('../../schema.sql', import.meta.url);

test('the created schemas are the committed schema.sql, and creating them again changes nothing', async () => {
  const house = await aTestHouse();
  const { admin, database } = house.config();
  if (admin !== null) await createBooks(admin, database);

  const actual = `${await describeSchema(house.owner, 'rails')}\n${await describeSchema(house.owner, 'settlement')}`;
  await house.drop();
  expectGenerated(FILE, actual);
});
