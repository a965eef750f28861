import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { parseAlertSearch } from "@/features/alerts/search";
import { parseMonitorSearch, parseMonitorTab } from "@/features/heartbeats/search";
import { sessionQuery } from "@/lib/session";
import { optionalText } from "@/lib/url-state";
import { NotFoundPage, RouteProblem } from "./error-boundary";
import { queryClient } from "./queries";
import { Shell } from "./Shell";

const root = createRootRouteWithContext()({ notFoundComponent: NotFoundPage, errorComponent: RouteProblem });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { next?: string } => ({ next: optionalText(raw.next) }),
  component: lazyRouteComponent(() => import("./routes/sign-in")),
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: Shell,
  errorComponent: RouteProblem,
});

const asId = {
  parse: ({ id }: { id: string }) => ({ id: Number(id) }),
  stringify: ({ id }: { id: number }) => ({ id: String(id) }),
};
const at = { getParentRoute: () => app } as const;

const pages = [
  createRoute({ ...at, path: "/", component: lazyRouteComponent(() => import("./routes/dashboard")) }),
  createRoute({
    ...at,
    path: "/alerts",
    validateSearch: parseAlertSearch,
    component: lazyRouteComponent(() => import("./routes/alerts")),
  }),
  createRoute({
    ...at,
    path: "/alerts/$id",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/alert")),
  }),
  createRoute({
    ...at,
    path: "/heartbeats",
    validateSearch: parseMonitorSearch,
    component: lazyRouteComponent(() => import("./routes/heartbeats")),
  }),
  createRoute({
    ...at,
    path: "/heartbeats/new",
    component: lazyRouteComponent(() => import("./routes/heartbeat-new")),
  }),
  createRoute({
    ...at,
    path: "/heartbeats/$id",
    params: asId,
    validateSearch: parseMonitorTab,
    component: lazyRouteComponent(() => import("./routes/heartbeat")),
  }),
  createRoute({
    ...at,
    path: "/heartbeats/$id/edit",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/heartbeat-edit")),
  }),
  createRoute({
    ...at,
    path: "/escalation-policies",
    component: lazyRouteComponent(() => import("./routes/policies")),
  }),
  createRoute({
    ...at,
    path: "/escalation-policies/new",
    component: lazyRouteComponent(() => import("./routes/policy-new")),
  }),
  createRoute({
    ...at,
    path: "/escalation-policies/$id",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/policy")),
  }),
  createRoute({
    ...at,
    path: "/alert-sources",
    component: lazyRouteComponent(() => import("./routes/sources")),
  }),
  createRoute({
    ...at,
    path: "/alert-sources/new",
    component: lazyRouteComponent(() => import("./routes/source-new")),
  }),
  createRoute({
    ...at,
    path: "/alert-sources/$id",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/source")),
  }),
  createRoute({
    ...at,
    path: "/alert-sources/$id/edit",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/source-edit")),
  }),
  createRoute({
    ...at,
    path: "/deliveries",
    validateSearch: (raw: Record<string, unknown>): { state?: string } => ({
      state: optionalText(raw.state),
    }),
    component: lazyRouteComponent(() => import("./routes/deliveries")),
  }),
  createRoute({ ...at, path: "/people", component: lazyRouteComponent(() => import("./routes/people")) }),
  createRoute({
    ...at,
    path: "/people/new",
    component: lazyRouteComponent(() => import("./routes/person-new")),
  }),
  createRoute({
    ...at,
    path: "/people/$id",
    params: asId,
    component: lazyRouteComponent(() => import("./routes/person")),
  }),
  createRoute({
    ...at,
    path: "/me",
    validateSearch: (raw: Record<string, unknown>): { tab?: string } => ({ tab: optionalText(raw.tab) }),
    component: lazyRouteComponent(() => import("./routes/me")),
  }),
  createRoute({ ...at, path: "/settings", component: lazyRouteComponent(() => import("./routes/settings")) }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, app.addChildren(pages)]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
