// Reading list state out of the address: whatever is there, only what is understood comes through.

export function optionalText(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}

export function textList(value: unknown, allowed?: readonly string[]): string[] | undefined {
  const all = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const texts = all.map(optionalText).filter((each): each is string => each !== undefined);
  const known = allowed ? texts.filter((each) => allowed.includes(each)) : texts;
  return known.length > 0 ? known : undefined;
}

export function numberList(value: unknown): number[] | undefined {
  const numbers = (Array.isArray(value) ? value : [value]).map(Number).filter(Number.isSafeInteger);
  return value !== undefined && numbers.length > 0 ? numbers : undefined;
}
