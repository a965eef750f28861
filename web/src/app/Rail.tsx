import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { NAVIGATION, type NavItem } from "./navigation";
import classes from "./Shell.module.css";

function isHere(item: NavItem, path: string): boolean {
  return item.to === "/" ? path === "/" : path === item.to || path.startsWith(`${item.to}/`);
}

export function NavLinks(props: { collapsed?: boolean; onNavigate?: () => void }): ReactNode {
  const { t } = useText();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t("nav.main")}>
      {NAVIGATION.map((group) => (
        <div key={group.label ?? "first"}>
          {group.label && !props.collapsed && <div className={classes.group}>{t(group.label)}</div>}
          {group.items.map((item) => {
            const here = isHere(item, pathname);
            return (
              <Tooltip key={item.to} label={t(item.label)} position="right" disabled={!props.collapsed}>
                <Link
                  to={item.to}
                  className={classes.item}
                  data-active={here || undefined}
                  aria-current={here ? "page" : undefined}
                  aria-label={props.collapsed ? t(item.label) : undefined}
                  onClick={props.onNavigate}
                >
                  <item.icon size={18} stroke={1.7} aria-hidden />
                  {!props.collapsed && <span>{t(item.label)}</span>}
                </Link>
              </Tooltip>
            );
          })}
        </div>
      ))}
    </nav>
  );
}

export function Brand({ collapsed }: { collapsed?: boolean }): ReactNode {
  return (
    <Link to="/" className={classes.brand} aria-label="Tocsin">
      <img src="/favicon.svg" width={26} height={26} alt="" />
      {!collapsed && <span>Tocsin</span>}
    </Link>
  );
}

export function Rail({ collapsed, onToggle }: { collapsed: boolean; onToggle: () => void }): ReactNode {
  const { t } = useText();
  const label = t(collapsed ? "nav.expand" : "nav.collapse");
  const Mark = collapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <aside aria-label={t("nav.main")} className={`${classes.rail} ${collapsed ? classes.collapsed : ""}`}>
      <Brand collapsed={collapsed} />
      <NavLinks collapsed={collapsed} />
      <div className={classes.foot}>
        <Tooltip label={label} position="right">
          <ActionIcon variant="subtle" color="gray" size="lg" onClick={onToggle} aria-label={label}>
            <Mark size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </div>
    </aside>
  );
}
