import { keyFor, type Translate } from "@/lib/i18n";

/** The way a page goes, in words. */
export function methodText(method: string, t: Translate): string {
  const key = keyFor("method", method);
  return key ? t(key) : method;
}
