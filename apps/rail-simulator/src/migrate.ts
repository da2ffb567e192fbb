import { createBooks } from './books/create-books.ts';
import { simulatorConfig } from './config.ts';

const config = simulatorConfig({ JINKU_RAILS_PORT: '0', JINKU_KEYS_DIR: '.', ...process.env });
if (config.admin === null)
  throw new Error('JINKU_DATABASE_ADMIN is missing: the books can only be created as the administrator of the database');
await createBooks(config.admin, config.database);
