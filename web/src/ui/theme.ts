import { type CSSVariablesResolver, createTheme } from "@mantine/core";

/** The one place colours, sizes and type are chosen. Components use the variables named here. */
export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 6,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "1.35", sm: "1.4", md: "1.45", lg: "1.5", xl: "1.4" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "15px" } } },
  respectReducedMotion: true,
  components: {
    InputWrapper: { styles: { description: { fontSize: "12px" } } },
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true }, openDelay: 200 } },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, centered: true } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } },
  },
});

const light = {
  page: "#f5f6f8",
  surface: "#ffffff",
  raised: "#eef0f3",
  line: "#dfe3e8",
  text: "#1b2430",
  muted: "#566170",
  bad: ["#b3261e", "#fdecea", "#d63a2f"],
  warn: ["#855000", "#fdf2dd", "#e29412"],
  good: ["#17683f", "#e5f4eb", "#35a069"],
  idle: ["#4d5866", "#edeff2", "#a3adb8"],
  info: ["#155fb4", "#e6f0fb", "#2f83d8"],
};

const dark: typeof light = {
  page: "#101317",
  surface: "#171b21",
  raised: "#20262e",
  line: "#2b323b",
  text: "#e7eaee",
  muted: "#9ba6b3",
  bad: ["#ff9289", "#3b1815", "#e2493d"],
  warn: ["#f3ba55", "#33260f", "#d38a17"],
  good: ["#72d09d", "#112a1d", "#2f9a62"],
  idle: ["#adb6c1", "#252b33", "#5f6a77"],
  info: ["#7bb8f8", "#11263c", "#3d8cdb"],
};

function variables(palette: typeof light): Record<string, string> {
  const tones = (["bad", "warn", "good", "idle", "info"] as const).flatMap((tone) => [
    [`--tone-${tone}`, palette[tone][0]],
    [`--tone-${tone}-soft`, palette[tone][1]],
    [`--tone-${tone}-fill`, palette[tone][2]],
  ]);
  return {
    "--surface": palette.surface,
    "--raised": palette.raised,
    "--line": palette.line,
    "--mantine-color-body": palette.page,
    "--mantine-color-text": palette.text,
    "--mantine-color-dimmed": palette.muted,
    "--mantine-color-default": palette.surface,
    "--mantine-color-default-hover": palette.raised,
    "--mantine-color-default-border": palette.line,
    "--mantine-color-placeholder": palette.muted,
    "--mantine-color-error": palette.bad[0] ?? "",
    "--mantine-color-anchor": palette.info[0] ?? "",
    ...Object.fromEntries(tones),
  };
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variables(light),
  dark: variables(dark),
});

export type Tone = "bad" | "warn" | "good" | "idle" | "info";
export const toneText = (tone: Tone): string => `var(--tone-${tone})`;
export const toneSoft = (tone: Tone): string => `var(--tone-${tone}-soft)`;
export const toneFill = (tone: Tone): string => `var(--tone-${tone}-fill)`;
