import { alerts } from "./de/alerts";
import { monitorForm } from "./de/monitor-form";
import { monitors } from "./de/monitors";
import { people } from "./de/people";
import { shell } from "./de/shell";
import { sources } from "./de/sources";
import type { MessageKey } from "./en";

export const de: Record<MessageKey, string> = {
  ...shell,
  ...monitors,
  ...monitorForm,
  ...alerts,
  ...sources,
  ...people,
};
