import type { Contact, Preference } from "@/lib/wire";

export type Moment = { minute: number; preferences: Preference[] };

/** The rules of one priority as moments after a page is due, earliest first. */
export function moments(preferences: readonly Preference[], type: string): Moment[] {
  const byMinute = new Map<number, Preference[]>();
  for (const preference of preferences) {
    if ((preference.type ?? "HIGH_PRIORITY") !== type) continue;
    const minute = preference.delayMin ?? 0;
    byMinute.set(minute, [...(byMinute.get(minute) ?? []), preference]);
  }
  return [...byMinute.entries()]
    .map(([minute, each]) => ({ minute, preferences: each }))
    .sort((a, b) => a.minute - b.minute);
}

/** Where a rule goes; without a contact it is the address one signs in with. */
export function targetOf(preference: Preference, contacts: readonly Contact[], login: string): string {
  const contact = contacts.find((each) => each.id === preference.contact?.id);
  return preference.contact?.target ?? contact?.target ?? login;
}
