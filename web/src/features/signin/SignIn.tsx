import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "@/lib/http";
import { useText } from "@/lib/i18n";
import { useSignIn } from "@/lib/session";
import classes from "./SignIn.module.css";

export function SignIn({ onSignedIn }: { onSignedIn: () => void }): ReactNode {
  const { t } = useText();
  useDocumentTitle(`${t("signIn.title")} · Tocsin`);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password }, { onSuccess: onSignedIn });
  };
  const problem =
    signIn.error instanceof ApiError && signIn.error.status === 429
      ? t("signIn.tooMany", { seconds: signIn.error.retryAfter ?? 60 })
      : signIn.error?.message;
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <img src="/favicon.svg" width={34} height={34} alt="" />
          Tocsin
        </div>
        <h1 className="visually-hidden">{t("signIn.title")}</h1>
        <form onSubmit={submit}>
          <TextInput
            label={t("signIn.email")}
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            data-autofocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            mt={12}
            label={t("signIn.password")}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {problem && (
            <p role="alert" style={{ margin: "12px 0 0", color: "var(--tone-bad)" }}>
              {problem}
            </p>
          )}
          <Button type="submit" size="sm" fullWidth mt={20} loading={signIn.isPending}>
            {t("signIn.verb")}
          </Button>
        </form>
        <p style={{ margin: "16px 0 0", color: "var(--mantine-color-dimmed)", fontSize: 13 }}>
          {t("signIn.help")}
        </p>
      </div>
    </main>
  );
}
