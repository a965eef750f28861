// Commands a person can paste, with their own address filled in.

export type Recipe = { id: string; label: string; code: string };
export type RecipeInput = { url: string; name: string; intervalSec: number; cron: string | null };

export function slugOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "job"
  );
}

/** A cron line's first five fields for an interval; the nearest that cron can say. */
export function cronFor(intervalSec: number): string {
  const minutes = Math.max(1, Math.round(intervalSec / 60));
  if (minutes < 60) return minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return hours === 1 ? "0 * * * *" : `0 */${hours} * * *`;
  return "0 3 * * *";
}

const indent = (lines: string[]): string => lines.join("\n");

function kubernetes({ url, name }: RecipeInput, cron: string): string {
  return indent([
    "apiVersion: batch/v1",
    "kind: CronJob",
    "metadata:",
    `  name: ${slugOf(name)}`,
    "spec:",
    `  schedule: "${cron}"`,
    "  jobTemplate:",
    "    spec:",
    "      template:",
    "        spec:",
    "          restartPolicy: Never",
    "          containers:",
    "            - name: job",
    "              image: curlimages/curl",
    "              command:",
    "                - sh",
    "                - -c",
    "                - |",
    `                  curl -fsS -m 10 --retry 3 -o /dev/null "${url}/start"`,
    "                  ./job.sh",
    `                  curl -fsS -m 10 --retry 3 -o /dev/null "${url}/$?"`,
  ]);
}

function systemd({ url, name }: RecipeInput): string {
  const unit = slugOf(name);
  return indent([
    `# /etc/systemd/system/${unit}.service`,
    "[Unit]",
    `Description=${name}`,
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStartPre=-/usr/bin/curl -fsS -m 10 --retry 3 -o /dev/null ${url}/start`,
    `ExecStart=/usr/local/bin/${unit}`,
    `ExecStopPost=/bin/sh -c 'curl -fsS -m 10 --retry 3 -o /dev/null "${url}/$EXIT_STATUS"'`,
  ]);
}

function github({ url }: RecipeInput, cron: string): string {
  return indent([
    "on:",
    "  schedule:",
    `    - cron: "${cron}"`,
    "jobs:",
    "  job:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      - run: ./job.sh",
    "      - if: success()",
    `        run: curl -fsS -m 10 --retry 3 -o /dev/null "${url}"`,
    "      - if: failure()",
    `        run: curl -fsS -m 10 --retry 3 -o /dev/null "${url}/fail"`,
  ]);
}

function alertmanager({ url, intervalSec }: RecipeInput): string {
  const repeat = Math.max(15, Math.floor(intervalSec / 3));
  return indent([
    "# Prometheus rule: an alert that always fires",
    "groups:",
    "  - name: watchdog",
    "    rules:",
    "      - alert: Watchdog",
    "        expr: vector(1)",
    "",
    "# alertmanager.yml: send it on, again and again",
    "route:",
    "  routes:",
    '    - matchers: [ alertname = "Watchdog" ]',
    "      receiver: tocsin-heartbeat",
    "      group_wait: 0s",
    `      group_interval: ${repeat}s`,
    `      repeat_interval: ${repeat}s`,
    "receivers:",
    "  - name: tocsin-heartbeat",
    "    webhook_configs:",
    `      - url: ${url}`,
    "        send_resolved: false",
  ]);
}

export function recipes(input: RecipeInput): Recipe[] {
  const { url } = input;
  const cron = input.cron ?? cronFor(input.intervalSec);
  return [
    { id: "curl", label: "curl", code: `curl -fsS -m 10 --retry 3 -o /dev/null "${url}"` },
    { id: "wget", label: "wget", code: `wget -q -T 10 -t 3 -O /dev/null "${url}"` },
    {
      id: "cron",
      label: "cron",
      code: `${cron} /usr/local/bin/job.sh; curl -fsS -m 10 --retry 3 -o /dev/null "${url}/$?"`,
    },
    { id: "systemd", label: "systemd", code: systemd(input) },
    {
      id: "powershell",
      label: "PowerShell",
      code: `Invoke-RestMethod -Uri "${url}" -Method Post -TimeoutSec 10 | Out-Null`,
    },
    {
      id: "python",
      label: "Python",
      code: indent(["from urllib.request import urlopen", "", `urlopen("${url}", timeout=10).close()`]),
    },
    {
      id: "node",
      label: "Node",
      code: `await fetch("${url}", { method: "POST", signal: AbortSignal.timeout(10_000) });`,
    },
    { id: "kubernetes", label: "Kubernetes", code: kubernetes(input, cron) },
    { id: "github", label: "GitHub Actions", code: github(input, cron) },
    { id: "alertmanager", label: "Alertmanager", code: alertmanager(input) },
  ];
}
