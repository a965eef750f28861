import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MePage } from "@/features/me/MePage";
import { UserForm } from "@/features/people/UserForm";
import { useSession } from "@/lib/session";

const route = getRouteApi("/app/me");

export default function MeRoute(): ReactNode {
  const { tab } = route.useSearch();
  const { user } = useSession();
  const navigate = route.useNavigate();
  return (
    <MePage
      tab={tab ?? "profile"}
      onTab={(next) => void navigate({ search: { tab: next }, replace: true })}
      profile={<UserForm key={user.id} user={user} isMe />}
    />
  );
}
