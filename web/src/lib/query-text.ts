/** What a search box understands: `state:open tag:db nightly` → fields and the free text that is left. */
export type QueryText = { text: string; fields: Record<string, string[]> };

export function parseQueryText(input: string, known: readonly string[]): QueryText {
  const fields: Record<string, string[]> = {};
  const rest: string[] = [];
  for (const word of input.split(/\s+/)) {
    const colon = word.indexOf(":");
    const name = word.slice(0, colon).toLowerCase();
    const value = word.slice(colon + 1);
    if (colon > 0 && value && known.includes(name)) fields[name] = [...(fields[name] ?? []), value];
    else if (word) rest.push(word);
  }
  return { text: rest.join(" "), fields };
}
