import type { ReactNode } from "react";
import { fullName } from "@/lib/lookups";
import classes from "./UserMark.module.css";

type Named = { firstName?: string; lastName?: string };

function initialsOf(user: Named): string {
  return `${user.firstName?.[0] ?? ""}${user.lastName?.[0] ?? ""}`.toUpperCase();
}

/** A person's initials; the name stands beside it or in the label of what holds it. */
export function UserMark({ user, size = 28 }: { user: Named; size?: number }): ReactNode {
  return (
    <span className={classes.mark} style={{ width: size, height: size, fontSize: size * 0.42 }} aria-hidden>
      {initialsOf(user)}
    </span>
  );
}

export function UserName({ user }: { user: Named }): ReactNode {
  return (
    <span className={classes.name}>
      <UserMark user={user} size={22} />
      <span>{fullName(user)}</span>
    </span>
  );
}
