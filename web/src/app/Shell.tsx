import { Drawer } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { openSpotlight } from "@mantine/spotlight";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useText } from "@/lib/i18n";
import { type Shortcuts, useSequenceKeys, useShortcuts } from "@/lib/shortcuts";
import { useDisclosed } from "@/ui/Confirm";
import { RowSkeletons } from "@/ui/Empty";
import { HelpDialog } from "./HelpDialog";
import { useLiveUpdates } from "./live";
import { NAV_ITEMS } from "./navigation";
import { Brand, NavLinks, Rail } from "./Rail";
import classes from "./Shell.module.css";
import { SystemBanner } from "./SystemBanner";
import { TopBar } from "./TopBar";

const Palette = lazy(() => import("./Palette"));

/** Everything around a page once somebody is signed in. */
export function Shell(): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [collapsed, setCollapsed] = useLocalStorage({ key: "tocsin-rail-collapsed", defaultValue: false });
  const [menuOpened, menu] = useDisclosed();
  const [helpOpened, help] = useDisclosed();
  const [hasPalette, setHasPalette] = useState(false);
  useLiveUpdates();
  useSequenceKeys();

  const search = (): void => {
    setHasPalette(true);
    // The palette is loaded on first use; it opens once it listens.
    setTimeout(openSpotlight, hasPalette ? 0 : 120);
  };
  const shortcuts: Shortcuts = { "?": help.open, "/": search };
  for (const item of NAV_ITEMS) shortcuts[item.key] = () => void navigate({ to: item.to });
  useShortcuts(shortcuts);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        search();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  return (
    <div className={classes.shell} data-collapsed={collapsed || undefined}>
      <a href="#main" className={classes.skip}>
        {t("nav.skip")}
      </a>
      <Rail collapsed={collapsed} onToggle={() => setCollapsed(!collapsed)} />
      <Drawer opened={menuOpened} onClose={menu.close} size={280} title={<Brand />}>
        <NavLinks onNavigate={menu.close} />
      </Drawer>
      <div style={{ minWidth: 0 }}>
        <TopBar onMenu={menu.open} onSearch={search} onHelp={help.open} />
        <SystemBanner />
        <main id="main" tabIndex={-1} style={{ outline: "none" }}>
          <Suspense fallback={<RowSkeletons />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <HelpDialog opened={helpOpened} onClose={help.close} />
      {hasPalette && (
        <Suspense fallback={null}>
          <Palette />
        </Suspense>
      )}
    </div>
  );
}
