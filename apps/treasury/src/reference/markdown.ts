const DO_NOT_EDIT = 'Written by `./jinku docs`; do not edit.';

export function page(title: string, introduction: string, sections: readonly string[]): string {
  return `${[`# ${title}`, `${introduction}\n${DO_NOT_EDIT}`, ...sections].join('\n\n')}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}
