import { ActionIcon, Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import {
  IconBell,
  IconDeviceDesktop,
  IconKey,
  IconKeyboard,
  IconLogout,
  IconMenu2,
  IconMoon,
  IconSearch,
  IconSun,
  IconUser,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { dashboardQuery, fullName } from "@/lib/lookups";
import { useSession, useSignOut } from "@/lib/session";
import { UserMark } from "@/ui/UserMark";
import { NAV_ITEMS } from "./navigation";
import classes from "./Shell.module.css";

function Where(): ReactNode {
  const { t } = useText();
  const { pathname } = useLocation();
  const item = NAV_ITEMS.find((each) => each.to !== "/" && pathname.startsWith(each.to));
  const label = item ? t(item.label) : t(pathname.startsWith("/me") ? "nav.me" : "nav.dashboard");
  return <span className={classes.where}>{label}</span>;
}

/** What is open now: red when somebody must act, amber when somebody is at it. */
function OpenAlerts(): ReactNode {
  const { t } = useText();
  const { data } = useQuery(dashboardQuery);
  const pending = data?.alerts.pending ?? 0;
  const open = pending + (data?.alerts.accepted ?? 0);
  const tone = pending > 0 ? "bad" : open > 0 ? "warn" : "idle";
  const label = pending > 0 ? t("top.unattended", { count: pending, open }) : t("top.open", { count: open });
  return (
    <Link
      to="/alerts"
      className={classes.open}
      style={{ color: `var(--tone-${tone})`, background: open > 0 ? `var(--tone-${tone}-soft)` : undefined }}
      title={label}
    >
      <IconBell size={17} stroke={1.9} aria-hidden />
      <b className="tabular">{open}</b>
      <span>{t("top.openShort", { count: open })}</span>
    </Link>
  );
}

function Me({ onHelp }: { onHelp: () => void }): ReactNode {
  const { t } = useText();
  const { user, account } = useSession();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    { value: "auto", icon: IconDeviceDesktop, label: t("scheme.auto") },
    { value: "light", icon: IconSun, label: t("scheme.light") },
    { value: "dark", icon: IconMoon, label: t("scheme.dark") },
  ] as const;
  const leave = (): void => {
    signOut.mutate(undefined, { onSettled: () => void navigate({ to: "/sign-in" }) });
  };
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <UnstyledButton mih={44} px={6}>
          <UserMark user={user} />
          <span className="visually-hidden">{t("top.me", { name: fullName(user) })}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {fullName(user)} · {account.name}
        </Menu.Label>
        <Menu.Item leftSection={<IconUser size={15} />} onClick={() => void navigate({ to: "/me" })}>
          {t("me.profile")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBell size={15} />}
          onClick={() => void navigate({ to: "/me", search: { tab: "notifications" } })}
        >
          {t("me.notifications")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKey size={15} />}
          onClick={() => void navigate({ to: "/me", search: { tab: "keys" } })}
        >
          {t("me.keys")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("scheme.title")}</Menu.Label>
        {schemes.map(({ value, icon: Mark, label }) => (
          <Menu.Item
            key={value}
            leftSection={<Mark size={15} />}
            onClick={() => setColorScheme(value)}
            aria-current={colorScheme === value}
            fw={colorScheme === value ? 700 : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={15} />} rightSection="?" onClick={onHelp}>
          {t("help.title")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={leave}>
          {t("action.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function TopBar(props: { onMenu: () => void; onSearch: () => void; onHelp: () => void }): ReactNode {
  const { t } = useText();
  return (
    <header className={classes.top}>
      <ActionIcon
        className={classes.onlyPhone}
        variant="subtle"
        color="gray"
        onClick={props.onMenu}
        aria-label={t("nav.open")}
      >
        <IconMenu2 size={20} />
      </ActionIcon>
      <Where />
      <button type="button" className={classes.search} onClick={props.onSearch}>
        <IconSearch size={16} stroke={1.9} aria-hidden />
        <span>{t("top.search")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <OpenAlerts />
      <Me onHelp={props.onHelp} />
    </header>
  );
}
