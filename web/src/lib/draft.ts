import { useCallback, useMemo, useState } from "react";
import { ApiError } from "./http";

export type Problems<T> = Partial<Record<keyof T & string, string>>;

/** The field of a draft an API error is about: the whole path, or its beginning up to a dot or bracket. */
export function draftField(path: string, fields: readonly string[]): string | null {
  if (fields.includes(path)) return path;
  const start = path.split(/[.[]/)[0] ?? "";
  return fields.includes(start) ? start : null;
}

export type Draft<T> = {
  values: T;
  isDirty: boolean;
  problemOf: (field: keyof T & string) => string | undefined;
  set: <K extends keyof T & string>(field: K, value: T[K]) => void;
  leave: (field: keyof T & string) => void;
  /** Shows every problem; true when there is none. */
  check: () => boolean;
  /** Puts a refusal at its field; what belongs to no field is returned. */
  refuse: (error: Error) => void;
  general: string | null;
  settle: () => void;
};

/** The state of a form: values, what was touched, and problems from our own rules and from the server. */
export function useDraft<T extends object>(initial: T, rules: (values: T) => Problems<T>): Draft<T> {
  const [start, setStart] = useState(initial);
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<Problems<T>>({});
  const [general, setGeneral] = useState<string | null>(null);
  const own = useMemo(() => rules(values), [rules, values]);
  const isDirty = JSON.stringify(start) !== JSON.stringify(values);

  const set = useCallback<Draft<T>["set"]>((field, value) => {
    setValues((old) => ({ ...old, [field]: value }));
    setRefused((old) => ({ ...old, [field]: undefined }));
    setGeneral(null);
  }, []);
  const leave = useCallback((field: string) => setTouched((old) => new Set(old).add(field)), []);
  return {
    values,
    isDirty,
    set,
    leave,
    general,
    problemOf: (field) => refused[field] ?? (touched.has(field) ? own[field] : undefined),
    check: () => {
      setTouched(new Set(Object.keys(values)));
      return Object.values(own).every((problem) => !problem);
    },
    refuse: (error) => {
      const field =
        error instanceof ApiError && error.field ? draftField(error.field, Object.keys(values)) : null;
      if (field) setRefused((old) => ({ ...old, [field]: error.message }));
      else setGeneral(error.message);
    },
    settle: () => setStart(values),
  };
}

/** The handlers of a text field. */
export function textField<T extends object, K extends keyof T & string>(
  draft: Draft<T>,
  field: T[K] extends string ? K : never,
) {
  return {
    value: draft.values[field] as string,
    error: draft.problemOf(field),
    onChange: (event: { currentTarget: { value: string } }) =>
      draft.set(field, event.currentTarget.value as T[K]),
    onBlur: () => draft.leave(field),
  };
}
