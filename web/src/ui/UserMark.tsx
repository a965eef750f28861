import { Avatar } from "@mantine/core";
import type { ReactNode } from "react";
import { fullName } from "@/lib/lookups";

type Named = { firstName?: string; lastName?: string };

export function UserMark({ user, size = 28 }: { user: Named; size?: number }): ReactNode {
  return <Avatar size={size} radius="xl" color="initials" name={fullName(user)} alt="" variant="filled" />;
}

export function UserName({ user }: { user: Named }): ReactNode {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 6, minWidth: 0 }}>
      <UserMark user={user} size={20} />
      <span>{fullName(user)}</span>
    </span>
  );
}
