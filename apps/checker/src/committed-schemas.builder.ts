import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';

const APPS = join(import.meta.dirname, '..', '..');
const FOREIGN_KEY = /^ {2}CONSTRAINT .* FOREIGN KEY .*?,?$/;

/** Makes the tables of an app's committed schema page, which lists them by name: so functions come first, and what refers to another table last. */
export async function createCommittedSchemas(pool: Pool, app: string): Promise<void> {
  const page = readFileSync(join(APPS, app, 'schema.sql'), 'utf8');
  const [, ...sections] = page.split(/^-- Schema /m);
  for (const section of sections) {
    const schema = /^[a-z]+/.exec(section)?.[0] ?? '';
    await pool.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}; SET check_function_bodies = off; ${inOrder(section.slice(section.indexOf('\n')))}; RESET search_path`);
  }
}

function inOrder(section: string): string {
  const functions: string[] = [];
  const views: string[] = [];
  const foreignKeys: string[] = [];
  const tables = section
    .replaceAll(/^CREATE OR REPLACE FUNCTION[\s\S]*?\$function\$[\s\S]*?\$function\$$/gm, (text) => moved(text, functions))
    .replaceAll(/^CREATE VIEW[\s\S]*?;$/gm, (text) => moved(text, views))
    .replaceAll(/^GRANT .*;$/gm, '')
    .replaceAll(/^CREATE TABLE (\S+) \([\s\S]*?^\).*;$/gm, (table, name: string) => {
      const lines = table.split('\n');
      for (const line of lines) if (FOREIGN_KEY.test(line)) foreignKeys.push(`ALTER TABLE ${name} ADD ${line.trim().replace(/,$/, '')}`);
      return lines.filter((line) => !FOREIGN_KEY.test(line)).join('\n').replaceAll(/,\n\)/g, '\n)');
    });
  return [...functions, tables, ...views, ...foreignKeys].join(';\n');
}

function moved(text: string, to: string[]): string {
  to.push(text.replace(/;$/, ''));
  return '';
}
