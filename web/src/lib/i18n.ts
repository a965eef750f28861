import { useSyncExternalStore } from "react";
import { en, type MessageKey } from "./catalogue/en";

export type Language = "en" | "de";
export type { MessageKey };
export type Values = Record<string, string | number>;
type Catalogue = Record<MessageKey, string>;

let language: Language = "en";
let catalogue: Catalogue = en;
const listeners = new Set<() => void>();

export function preferredLanguage(wanted: string | null | undefined, browser: readonly string[]): Language {
  const first = [wanted, ...browser].find((each) => each && /^(en|de)\b/i.test(each));
  return first?.toLowerCase().startsWith("de") ? "de" : "en";
}

export async function switchLanguage(next: Language): Promise<void> {
  catalogue = next === "de" ? (await import("./catalogue/de")).de : en;
  language = next;
  document.documentElement.lang = next;
  for (const each of listeners) each();
}

/** Fill `{name}` places. `{count|one|other}` chooses by the value named `count`. */
export function fill(text: string, values: Values, locale: string): string {
  return text.replace(
    /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      if (one !== undefined && other !== undefined) {
        return new Intl.PluralRules(locale).select(Number(value)) === "one" ? one : other;
      }
      return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
    },
  );
}

export type Translate = (key: MessageKey, values?: Values) => string;

export const translate: Translate = (key, values) => fill(catalogue[key], values ?? {}, language);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** `t` in the language in force; the component renders again when the language changes. */
export function useText(): { t: Translate; language: Language } {
  const inForce = useSyncExternalStore(subscribe, () => language);
  return { t: translate, language: inForce };
}

/** A key built from a state or type of the server; null when the catalogue has none. */
export function keyFor(prefix: string, name: string): MessageKey | null {
  const key = `${prefix}.${name}`;
  return key in en ? (key as MessageKey) : null;
}
