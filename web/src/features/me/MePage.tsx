import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import { useSession } from "@/lib/session";
import { Page } from "@/ui/Page";
import { ApiKeys } from "./ApiKeys";
import { NotificationRules } from "./NotificationRules";
import { Sessions } from "./Sessions";

/** The signed-in person: profile (given by the route, it belongs to people), notification rules, keys. */
export function MePage(props: { tab: string; onTab: (tab: string) => void; profile: ReactNode }): ReactNode {
  const { t } = useText();
  const { user, account } = useSession();
  return (
    <Page title={fullName(user)} line={`${user.email} · ${account.name}`}>
      <Tabs value={props.tab} onChange={(tab) => props.onTab(tab ?? "profile")} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="profile">{t("me.profile")}</Tabs.Tab>
          <Tabs.Tab value="notifications">{t("me.notifications")}</Tabs.Tab>
          <Tabs.Tab value="keys">{t("me.keys")}</Tabs.Tab>
          <Tabs.Tab value="sessions">{t("session.title")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="profile">{props.profile}</Tabs.Panel>
        <Tabs.Panel value="notifications">
          <NotificationRules />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <ApiKeys />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <Sessions />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
