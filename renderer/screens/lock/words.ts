/** Words as they are typed from paper, with anything but letters between them. */
export function wordsOf(text: string): string[] {
  return text.split(/[^A-Za-z]+/).filter(Boolean);
}
