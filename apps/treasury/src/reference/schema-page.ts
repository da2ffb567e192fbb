import { code, page, table } from './markdown.ts';

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly grants: readonly string[];
}

/** An index of the committed `schema.sql` files, by the name of their app. */
export function schemaPage(schemas: ReadonlyMap<string, string>): string {
  const introduction =
    'Every table, from the committed `schema.sql` of each service, which the migrations are held to. A service reads and writes its own schema alone, as its own role; what that role may do\nwith a table stands beside it: where it may not update or delete, rows stay as they were written. Primary keys are marked with *.';
  const sections = [...schemas].map(([app, sql]) => {
    const rows = tablesOf(sql).map(({ name, columns, grants }) => [code(name), columns.join(', '), grants.join('; ') || 'nothing']);
    return `## ${app}\n\n[schema.sql](../apps/${app}/schema.sql)\n\n${table(['table', 'columns', 'its role may'], rows)}`;
  });
  return page('Tables', introduction, sections);
}

/** Partitions are left out: they are their table again. */
export function tablesOf(sql: string): Table[] {
  return sql
    .split(/\n\n(?=CREATE TABLE )/)
    .filter((block) => block.startsWith('CREATE TABLE ') && !block.includes('\n) -- partition of ') && !block.includes(' -- partition of '))
    .map((block) => {
      const body = block.slice(block.indexOf('(\n') + 2, block.indexOf('\n)')).split('\n').map((line) => line.trim());
      const key = /PRIMARY KEY \(([^)]+)\)/.exec(block)?.[1]?.split(', ') ?? [];
      const columns = body.filter((line) => !line.startsWith('CONSTRAINT ')).map((line) => line.split(' ')[0] ?? '');
      const grants = [...block.matchAll(/^GRANT (.+) ON \S+ TO (\S+);$/gm)].map(([, privileges = '']) => privileges.toLowerCase());
      return { name: /^CREATE TABLE (\S+)/.exec(block)?.[1] ?? '', columns: columns.map((column) => (key.includes(column) ? `${column}*` : column)), grants };
    });
}
