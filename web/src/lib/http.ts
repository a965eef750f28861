import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@/generated/api";

/** A refusal of the server: its message is meant for people, `field` is the path of the field it is about. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

/** `intervalSec: must be between …` → field `intervalSec` and the rest, starting with a capital. */
export function fieldOf(message: string): { field: string | null; text: string } {
  const match = /^([A-Za-z][\w.[\]-]*): (.+)$/s.exec(message);
  if (!match?.[1] || !match[2]) return { field: null, text: message };
  const text = match[2].charAt(0).toUpperCase() + match[2].slice(1);
  return { field: match[1], text };
}

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

export function rememberCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

async function errorFrom(response: Response): Promise<ApiError> {
  let body: { code?: string; message?: string } = {};
  try {
    body = await response.clone().json();
  } catch {
    // Not JSON: a proxy answered; the status is all there is to say.
  }
  const { field, text } = fieldOf(body.message ?? `${response.status} ${response.statusText}`.trim());
  const retryAfter = Number(response.headers.get("retry-after")) || null;
  return new ApiError(response.status, body.code ?? "ERROR", text, field, retryAfter);
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (csrfToken && request.method !== "GET") request.headers.set("x-csrf-token", csrfToken);
    request.headers.set("accept", "application/json");
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return undefined;
    const isSessionCall = new URL(request.url).pathname === "/api/session";
    if (response.status === 401 && !isSessionCall) onSignedOut();
    throw await errorFrom(response);
  },
};

export const client = createClient<paths>({
  baseUrl: "",
  credentials: "same-origin",
  querySerializer: { array: { style: "form", explode: true } },
});
client.use(middleware);

/** The body of a successful answer; anything else was thrown as an `ApiError` before. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
