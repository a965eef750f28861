import { alerts } from "./en/alerts";
import { monitorForm } from "./en/monitor-form";
import { monitors } from "./en/monitors";
import { people } from "./en/people";
import { shell } from "./en/shell";
import { sources } from "./en/sources";

export const en = { ...shell, ...monitors, ...monitorForm, ...alerts, ...sources, ...people };
export type MessageKey = keyof typeof en;
