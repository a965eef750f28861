import type { Problems } from "@/lib/draft";
import type { Translate } from "@/lib/i18n";
import type { User, UserWrite } from "@/lib/wire";

export const ROLES = ["ADMIN", "USER", "RESPONDER", "STAKEHOLDER"] as const;

export type UserDraft = {
  firstName: string;
  lastName: string;
  email: string;
  role: User["role"];
  timezone: string;
  language: User["language"];
  position: string;
  department: string;
};

export function userDraft(user: User | null, zone: string): UserDraft {
  return {
    firstName: user?.firstName ?? "",
    lastName: user?.lastName ?? "",
    email: user?.email ?? "",
    role: user?.role ?? "RESPONDER",
    timezone: user?.timezone ?? zone,
    language: user?.language ?? "en",
    position: user?.position ?? "",
    department: user?.department ?? "",
  };
}

export function userProblems(t: Translate) {
  return (draft: UserDraft): Problems<UserDraft> => {
    const problems: Problems<UserDraft> = {};
    for (const field of ["firstName", "lastName", "email"] as const)
      if (!draft[field].trim()) problems[field] = t("form.required");
    if (draft.email && !/^\S+@\S+$/.test(draft.email.trim())) problems.email = t("person.badEmail");
    return problems;
  };
}

export function userWrite(draft: UserDraft, withRole: boolean): UserWrite {
  return {
    firstName: draft.firstName.trim(),
    lastName: draft.lastName.trim(),
    email: draft.email.trim(),
    ...(withRole ? { role: draft.role } : {}),
    timezone: draft.timezone,
    language: draft.language,
    position: draft.position.trim() || null,
    department: draft.department.trim() || null,
  };
}
