import { Button } from "@mantine/core";
import { IconPlus, IconTrash, IconVolumeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { keyFor, useText } from "@/lib/i18n";
import { fullName, policiesQuery, usersQuery } from "@/lib/lookups";
import { useNow } from "@/lib/now";
import { useMay, useSession } from "@/lib/session";
import type { User } from "@/lib/wire";
import { Confirm, useDisclosed } from "@/ui/Confirm";
import { Empty, pendingView } from "@/ui/Empty";
import { FilterBar } from "@/ui/Filters";
import { Page, Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { SearchBox } from "@/ui/SearchBox";
import { UserMark } from "@/ui/UserMark";
import { useDeleteUser, userQuery } from "./api";
import { UserForm } from "./UserForm";

function Muted({ user }: { user: User }): ReactNode {
  const { t } = useText();
  const now = useNow(60);
  if (!user.mutedUntil || new Date(user.mutedUntil).getTime() < now) return null;
  return <IconVolumeOff size={16} aria-label={t("monitor.state.MUTED")} />;
}

export function PeopleList(): ReactNode {
  const { t } = useText();
  const query = useQuery(usersQuery);
  const isAdmin = useMay("ADMIN");
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const users = (query.data ?? []).filter((user) =>
    `${fullName(user)} ${user.email}`.toLowerCase().includes(wanted),
  );
  return (
    <Page
      title={t("nav.people")}
      line={t("person.count", { count: query.data?.length ?? 0 })}
      actions={
        isAdmin && (
          <Button component={Link} to="/people/new" leftSection={<IconPlus size={15} />}>
            {t("person.new")}
          </Button>
        )
      }
    >
      <FilterBar>
        <SearchBox value={text} placeholder={t("person.search")} onChange={(value) => setText(value ?? "")} />
      </FilterBar>
      <Section flush>
        {pendingView(query) ??
          (users.length === 0 ? (
            <Empty title={t("list.noMatch")} text={t("list.noMatchText")} />
          ) : (
            <Rows>
              {users.map((user) => {
                const role = keyFor("role", user.role);
                return (
                  <Row
                    key={user.id}
                    lead={<UserMark user={user} size={32} />}
                    name={
                      <Link
                        to="/people/$id"
                        params={{ id: user.id }}
                        style={{ color: "var(--mantine-color-text)" }}
                      >
                        {fullName(user)}
                      </Link>
                    }
                    sub={[user.email, user.position].filter(Boolean).join(" · ")}
                    side={
                      <>
                        <Muted user={user} />
                        <span style={{ color: "var(--mantine-color-dimmed)" }}>
                          {role ? t(role) : user.role}
                        </span>
                      </>
                    }
                  />
                );
              })}
            </Rows>
          ))}
      </Section>
    </Page>
  );
}

function DeletePerson({ user }: { user: User }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [opened, dialog] = useDisclosed();
  const remove = useDeleteUser(user.id);
  const policies = useQuery({ ...policiesQuery, enabled: opened });
  const using = policies.data?.filter((policy) =>
    policy.escalationRules.some((rule) => rule.users?.some((each) => each.id === user.id)),
  );
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={15} />} onClick={dialog.open}>
        {t("action.delete")}
      </Button>
      <Confirm
        opened={opened}
        title={t("monitor.deleteTitle", { name: fullName(user) })}
        verb={t("action.delete")}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/people" }) })}
        onClose={dialog.close}
      >
        <p>{t("person.deleteText")}</p>
        {using && using.length > 0 && (
          <ul>
            {using.map((policy) => (
              <li key={policy.id}>
                <Link to="/escalation-policies/$id" params={{ id: policy.id }}>
                  {policy.name}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Confirm>
    </>
  );
}

export function PersonPage({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(userQuery(id));
  const isAdmin = useMay("ADMIN");
  const me = useSession().user.id;
  const navigate = useNavigate();
  const user = query.data;
  if (!user) return <Page title={t("nav.people")}>{pendingView(query)}</Page>;
  return (
    <Page
      title={fullName(user)}
      line={user.email}
      actions={isAdmin && id !== me && <DeletePerson user={user} />}
    >
      {isAdmin ? (
        <UserForm key={id} user={user} onCancel={() => void navigate({ to: "/people" })} />
      ) : (
        <Section>{t("person.readOnly")}</Section>
      )}
    </Page>
  );
}

export function NewPerson(): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <Page title={t("person.new")}>
      <UserForm
        user={null}
        onSaved={(user) => void navigate({ to: "/people/$id", params: { id: user.id }, ignoreBlocker: true })}
        onCancel={() => void navigate({ to: "/people" })}
      />
    </Page>
  );
}
