import { Button, NumberInput, Switch, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { textField, useDraft } from "@/lib/draft";
import { useText } from "@/lib/i18n";
import { sourcesQuery, usersQuery } from "@/lib/lookups";
import { useMay } from "@/lib/session";
import { type EscalationPolicy, policyOf, type User } from "@/lib/wire";
import { Confirm, useDisclosed } from "@/ui/Confirm";
import { pendingView } from "@/ui/Empty";
import { Advanced, FieldRow, FormFrame } from "@/ui/FormFrame";
import { Page } from "@/ui/Page";
import { say } from "@/ui/toast";
import { policyQuery, useDeletePolicy, useSavePolicy } from "./api";
import { Ladder } from "./Ladder";
import { policyDraft, policyProblems, policyWrite } from "./model";
import { Simulator } from "./Simulator";

function DeletePolicy({ policy }: { policy: EscalationPolicy }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [opened, dialog] = useDisclosed();
  const remove = useDeletePolicy(policy.id);
  const sources = useQuery({ ...sourcesQuery, enabled: opened });
  const using = sources.data?.filter((source) => policyOf(source).id === policy.id) ?? [];
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={15} />} onClick={dialog.open}>
        {t("action.delete")}
      </Button>
      <Confirm
        opened={opened}
        title={t("monitor.deleteTitle", { name: policy.name })}
        verb={t("action.delete")}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/escalation-policies" }) })
        }
        onClose={dialog.close}
      >
        {using.length === 0 ? (
          <p>{t("policy.unused")}</p>
        ) : (
          <>
            <p>{t("policy.usedBy")}</p>
            <ul>
              {using.map((source) => (
                <li key={source.id}>
                  <Link to="/alert-sources/$id" params={{ id: source.id }}>
                    {source.name}
                  </Link>
                </li>
              ))}
            </ul>
          </>
        )}
      </Confirm>
    </>
  );
}

function Form({ policy, users }: { policy: EscalationPolicy | null; users: User[] }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const may = useMay("USER");
  const rules = useMemo(() => policyProblems(t), [t]);
  const draft = useDraft(
    useMemo(() => policyDraft(policy), [policy]),
    rules,
  );
  const save = useSavePolicy(policy?.id ?? null);
  const { values, set } = draft;
  const submit = (): void => {
    if (!draft.check()) return;
    save.mutate(policyWrite(values), {
      onSuccess: (saved) => {
        draft.settle();
        say(t("form.saved"));
        void navigate({ to: "/escalation-policies/$id", params: { id: saved.id }, ignoreBlocker: true });
      },
      onError: draft.refuse,
    });
  };
  return (
    <Page
      title={policy?.name ?? t("policy.new")}
      line={t("policy.formLine")}
      actions={policy && may && <DeletePolicy policy={policy} />}
    >
      <FormFrame
        verb={t(policy ? "action.save" : "policy.create")}
        isDirty={draft.isDirty}
        isBusy={save.isPending}
        general={draft.general}
        onSubmit={submit}
        onCancel={() => void navigate({ to: "/escalation-policies" })}
        aside={<Simulator draft={values} />}
      >
        <TextInput label={t("monitor.form.name")} required data-autofocus {...textField(draft, "name")} />
        <Ladder
          levels={values.escalationRules}
          delayMin={values.delayMin}
          users={users}
          error={draft.problemOf("escalationRules")}
          onChange={(levels) => set("escalationRules", levels)}
        />
        <Switch
          label={t("policy.repeat")}
          description={t("policy.repeatText")}
          checked={values.repeating}
          onChange={(event) => set("repeating", event.currentTarget.checked)}
        />
        {values.repeating && (
          <NumberInput
            label={t("policy.frequency")}
            min={1}
            max={9}
            maw={170}
            value={values.frequency}
            onChange={(value) => set("frequency", Number(value) || 1)}
            error={draft.problemOf("frequency")}
          />
        )}
        <Advanced>
          <FieldRow>
            <NumberInput
              label={t("policy.delay")}
              description={t("policy.delayText")}
              suffix={` ${t("unit.minute")}`}
              min={0}
              max={15}
              value={values.delayMin}
              onChange={(value) => set("delayMin", Number(value) || 0)}
              error={draft.problemOf("delayMin")}
            />
            <TextInput
              label={t("policy.routingKey")}
              description={t("policy.routingKeyText")}
              {...textField(draft, "routingKey")}
            />
          </FieldRow>
        </Advanced>
      </FormFrame>
    </Page>
  );
}

export function NewPolicy(): ReactNode {
  const { t } = useText();
  const users = useQuery(usersQuery);
  if (!users.data) return <Page title={t("policy.new")}>{pendingView(users)}</Page>;
  return <Form policy={null} users={users.data} />;
}

export function PolicyPage({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const users = useQuery(usersQuery);
  const policy = useQuery(policyQuery(id));
  if (!users.data || !policy.data)
    return <Page title={t("nav.policies")}>{pendingView(policy.data ? users : policy)}</Page>;
  return <Form key={id} policy={policy.data} users={users.data} />;
}
