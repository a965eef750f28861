import { getRouteApi, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SignIn } from "@/features/signin/SignIn";

const route = getRouteApi("/sign-in");

export default function SignInRoute(): ReactNode {
  const { next } = route.useSearch();
  const router = useRouter();
  // Only a path of our own: never a foreign address from a link.
  const target = next?.startsWith("/") && !next.startsWith("//") ? next : "/";
  return <SignIn onSignedIn={() => router.history.push(target)} />;
}
