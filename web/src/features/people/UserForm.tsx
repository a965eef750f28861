import { Select, TextInput } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { textField, useDraft } from "@/lib/draft";
import { keyFor, switchLanguage, useText } from "@/lib/i18n";
import { viewerZone } from "@/lib/time";
import type { User } from "@/lib/wire";
import { FieldRow, FormFrame } from "@/ui/FormFrame";
import { say } from "@/ui/toast";
import { ZoneSelect } from "@/ui/ZoneSelect";
import { useSaveUser } from "./api";
import { ROLES, userDraft, userProblems, userWrite } from "./model";

/** One person. `isMe`: the signed-in person's own profile, where the role is shown but not changed. */
export function UserForm(props: {
  user: User | null;
  isMe?: boolean;
  onSaved?: (user: User) => void;
  onCancel?: () => void;
}): ReactNode {
  const { t } = useText();
  const rules = useMemo(() => userProblems(t), [t]);
  const draft = useDraft(userDraft(props.user, viewerZone), rules);
  const save = useSaveUser(props.isMe ? "current" : (props.user?.id ?? null));
  const { values, set } = draft;
  const roles = ROLES.some((role) => role === values.role) ? [...ROLES] : [values.role, ...ROLES];
  const submit = (): void => {
    if (!draft.check()) return;
    save.mutate(userWrite(values, !props.isMe), {
      onSuccess: (saved) => {
        draft.settle();
        say(t("form.saved"));
        if (props.isMe) {
          localStorage.setItem("tocsin-language", values.language);
          void switchLanguage(values.language === "de" ? "de" : "en");
        }
        props.onSaved?.(saved);
      },
      onError: draft.refuse,
    });
  };
  return (
    <FormFrame
      verb={t(props.user ? "action.save" : "person.create")}
      isDirty={draft.isDirty}
      isBusy={save.isPending}
      general={draft.general}
      onSubmit={submit}
      onCancel={props.onCancel}
    >
      <FieldRow>
        <TextInput
          label={t("person.firstName")}
          required
          autoComplete="given-name"
          {...textField(draft, "firstName")}
        />
        <TextInput
          label={t("person.lastName")}
          required
          autoComplete="family-name"
          {...textField(draft, "lastName")}
        />
      </FieldRow>
      <TextInput
        label={t("signIn.email")}
        description={t("person.emailText")}
        type="email"
        required
        autoComplete="email"
        {...textField(draft, "email")}
      />
      <Select
        label={t("person.role")}
        description={props.isMe ? t("person.roleMe") : undefined}
        data={roles.map((role) => {
          const key = keyFor("role", role);
          return { value: role, label: key ? t(key) : role };
        })}
        value={values.role}
        onChange={(role) => role && set("role", role as User["role"])}
        disabled={props.isMe}
        error={draft.problemOf("role")}
        allowDeselect={false}
      />
      <FieldRow>
        <ZoneSelect
          label={t("monitor.form.zone")}
          value={values.timezone}
          error={draft.problemOf("timezone")}
          onChange={(zone) => set("timezone", zone)}
        />
        <Select
          label={t("person.language")}
          data={[
            { value: "en", label: "English" },
            { value: "de", label: "Deutsch" },
          ]}
          value={values.language}
          onChange={(language) => language && set("language", language as User["language"])}
          allowDeselect={false}
        />
      </FieldRow>
      <FieldRow>
        <TextInput label={t("person.position")} {...textField(draft, "position")} />
        <TextInput label={t("person.department")} {...textField(draft, "department")} />
      </FieldRow>
    </FormFrame>
  );
}
