import {
  IconBell,
  IconHeartbeat,
  IconInbox,
  IconLayoutDashboard,
  IconMailForward,
  IconSettings,
  IconStairsUp,
  IconUsers,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { MessageKey } from "@/lib/i18n";

export type NavItem = {
  to:
    | "/"
    | "/alerts"
    | "/heartbeats"
    | "/escalation-policies"
    | "/alert-sources"
    | "/deliveries"
    | "/people"
    | "/settings";
  label: MessageKey;
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  key: string;
};

export type NavGroup = { label: MessageKey | null; items: NavItem[] };

export const NAVIGATION: NavGroup[] = [
  {
    label: null,
    items: [
      { to: "/", label: "nav.dashboard", icon: IconLayoutDashboard, key: "g d" },
      { to: "/alerts", label: "nav.alerts", icon: IconBell, key: "g a" },
      { to: "/heartbeats", label: "nav.heartbeats", icon: IconHeartbeat, key: "g h" },
    ],
  },
  {
    label: "nav.onCall",
    items: [{ to: "/escalation-policies", label: "nav.policies", icon: IconStairsUp, key: "g e" }],
  },
  {
    label: "nav.sourcesGroup",
    items: [
      { to: "/alert-sources", label: "nav.sources", icon: IconInbox, key: "g s" },
      { to: "/deliveries", label: "nav.deliveries", icon: IconMailForward, key: "g l" },
    ],
  },
  {
    label: "nav.team",
    items: [
      { to: "/people", label: "nav.people", icon: IconUsers, key: "g p" },
      { to: "/settings", label: "nav.settings", icon: IconSettings, key: "g ," },
    ],
  },
];

export const NAV_ITEMS: NavItem[] = NAVIGATION.flatMap((group) => group.items);
