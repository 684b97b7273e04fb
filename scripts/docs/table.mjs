const cell = (value) => String(value).replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

/** A table in Markdown, with a blank line after it. */
export function table(head, rows) {
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
  ];
}
